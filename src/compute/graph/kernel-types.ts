/**
 * Names and attributes of tfjs's kernels, as types: a misspelt kernel or attribute does not compile.
 * tfjs declares the attributes of each kernel as an interface of its own and has no map from the name to it.
 */
import type * as tfjs from '@tensorflow/tfjs-core/dist/kernel_names.js';

/** A kernel of tfjs. Which of them the compiler can lower is up to `lower/kernels.ts`. */
export type KernelName = (typeof tfjs)[keyof typeof tfjs];

/** Every kernel that has attributes; a test compares the table with tfjs's declarations. */
interface DeclaredAttributes {
  _FusedMatMul: tfjs._FusedMatMulAttrs;
  All: tfjs.AllAttrs;
  Any: tfjs.AnyAttrs;
  ArgMax: tfjs.ArgMaxAttrs;
  ArgMin: tfjs.ArgMinAttrs;
  AvgPool: tfjs.AvgPoolAttrs;
  AvgPool3D: tfjs.AvgPool3DAttrs;
  AvgPool3DGrad: tfjs.AvgPool3DGradAttrs;
  AvgPoolGrad: tfjs.AvgPoolGradAttrs;
  BatchMatMul: tfjs.BatchMatMulAttrs;
  BatchToSpaceND: tfjs.BatchToSpaceNDAttrs;
  Bincount: tfjs.BincountAttrs;
  /** Without `inputShape`, which the input's type says. */
  BroadcastTo: Pick<tfjs.BroadCastToAttrs, 'shape'>;
  Cast: tfjs.CastAttrs;
  ClipByValue: tfjs.ClipByValueAttrs;
  Concat: tfjs.ConcatAttrs;
  Conv2D: tfjs.Conv2DAttrs;
  Conv2DBackpropFilter: tfjs.Conv2DBackpropFilterAttrs;
  Conv2DBackpropInput: tfjs.Conv2DBackpropInputAttrs;
  Conv3D: tfjs.Conv3DAttrs;
  Conv3DBackpropFilterV2: tfjs.Conv3DBackpropFilterV2Attrs;
  Conv3DBackpropInputV2: tfjs.Conv3DBackpropInputV2Attrs;
  CropAndResize: tfjs.CropAndResizeAttrs;
  Cumprod: tfjs.CumprodAttrs;
  Cumsum: tfjs.CumsumAttrs;
  DenseBincount: tfjs.DenseBincountAttrs;
  DepthToSpace: tfjs.DepthToSpaceAttrs;
  DepthwiseConv2dNative: tfjs.DepthwiseConv2dNativeAttrs;
  DepthwiseConv2dNativeBackpropFilter: tfjs.DepthwiseConv2dNativeBackpropFilterAttrs;
  DepthwiseConv2dNativeBackpropInput: tfjs.DepthwiseConv2dNativeBackpropInputAttrs;
  Dilation2D: tfjs.Dilation2DAttrs;
  Draw: tfjs.DrawAttrs;
  Einsum: tfjs.EinsumAttrs;
  ExpandDims: tfjs.ExpandDimsAttrs;
  Fill: tfjs.FillAttrs;
  FromPixels: tfjs.FromPixelsAttrs;
  FusedBatchNorm: tfjs.FusedBatchNormAttrs;
  FusedConv2D: tfjs.FusedConv2DAttrs;
  FusedDepthwiseConv2D: tfjs.FusedDepthwiseConv2DAttrs;
  GatherV2: tfjs.GatherV2Attrs;
  LeakyRelu: tfjs.LeakyReluAttrs;
  LinSpace: tfjs.LinSpaceAttrs;
  LogSoftmax: tfjs.LogSoftmaxAttrs;
  LRN: tfjs.LRNAttrs;
  LRNGrad: tfjs.LRNGradAttrs;
  MatrixBandPart: tfjs.MatrixBandPartAttrs;
  Max: tfjs.MaxAttrs;
  MaxPool: tfjs.MaxPoolAttrs;
  MaxPool3D: tfjs.MaxPool3DAttrs;
  MaxPool3DGrad: tfjs.MaxPool3DGradAttrs;
  MaxPoolGrad: tfjs.MaxPoolGradAttrs;
  MaxPoolWithArgmax: tfjs.MaxPoolWithArgmaxAttrs;
  Mean: tfjs.MeanAttrs;
  Min: tfjs.MinAttrs;
  MirrorPad: tfjs.MirrorPadAttrs;
  Multinomial: tfjs.MultinomialAttrs;
  NonMaxSuppressionV3: tfjs.NonMaxSuppressionV3Attrs;
  NonMaxSuppressionV4: tfjs.NonMaxSuppressionV4Attrs;
  NonMaxSuppressionV5: tfjs.NonMaxSuppressionV5Attrs;
  OneHot: tfjs.OneHotAttrs;
  Pack: tfjs.PackAttrs;
  PadV2: tfjs.PadV2Attrs;
  Prod: tfjs.ProdAttrs;
  RaggedGather: tfjs.RaggedGatherAttrs;
  RaggedTensorToTensor: tfjs.RaggedTensorToTensorAttrs;
  Range: tfjs.RangeAttrs;
  Reshape: tfjs.ReshapeAttrs;
  ResizeBilinear: tfjs.ResizeBilinearAttrs;
  ResizeBilinearGrad: tfjs.ResizeBilinearGradAttrs;
  ResizeNearestNeighbor: tfjs.ResizeNearestNeighborAttrs;
  ResizeNearestNeighborGrad: tfjs.ResizeNearestNeighborGradAttrs;
  Reverse: tfjs.ReverseAttrs;
  RotateWithOffset: tfjs.RotateWithOffsetAttrs;
  ScatterNd: tfjs.ScatterNdAttrs;
  SearchSorted: tfjs.SearchSortedAttrs;
  Slice: tfjs.SliceAttrs;
  Softmax: tfjs.SoftmaxAttrs;
  SpaceToBatchND: tfjs.SpaceToBatchNDAttrs;
  SparseToDense: tfjs.SparseToDenseAttrs;
  SplitV: tfjs.SplitVAttrs;
  StaticRegexReplace: tfjs.StaticRegexReplaceAttrs;
  Step: tfjs.StepAttrs;
  StridedSlice: tfjs.StridedSliceAttrs;
  StringNGrams: tfjs.StringNGramsAttrs;
  StringSplit: tfjs.StringSplitAttrs;
  StringToHashBucketFast: tfjs.StringToHashBucketFastAttrs;
  Sum: tfjs.SumAttrs;
  TensorScatterUpdate: tfjs.TensorScatterUpdateAttrs;
  Tile: tfjs.TileAttrs;
  TopK: tfjs.TopKAttrs;
  Transform: tfjs.TransformAttrs;
  Transpose: tfjs.TransposeAttrs;
  Unique: tfjs.UniqueAttrs;
  Unpack: tfjs.UnpackAttrs;
  UnsortedSegmentSum: tfjs.UnsortedSegmentSumAttrs;
}

/** Attributes of a kernel that has none. */
type NoAttributes = object;

/** The attributes of each kernel, by its name. */
export type KernelAttributes = {
  readonly [Name in KernelName]: Name extends keyof DeclaredAttributes
    ? Readonly<DeclaredAttributes[Name]>
    : NoAttributes;
};
