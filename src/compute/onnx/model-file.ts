/** Runs model files made by others, such as feature networks. */
import type * as Ort from 'onnxruntime-node';
import type { DeviceReport } from '../types.ts';
import { refuseUnsafeModel } from './model-safety.ts';
import { ort } from './runtime.ts';
import { sessionOptions } from './session.ts';

/** One input or output. Without `shape` it is not a tensor. */
export interface ModelValue {
  readonly name: string;
  readonly dtype?: string;
  /** A string is the name of a dynamic extent. */
  readonly shape?: readonly (number | string)[];
}

export interface ModelFile {
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelValue[];
  /**
   * Runs a model of one input.
   * @param data float32, of the shape `dims`
   * @returns its first output
   */
  run(data: Float32Array, dims: readonly number[]): Promise<{ data: unknown; dims: readonly number[] }>;
  release(): Promise<void>;
}

/**
 * Opens an .onnx file on the run's device if that is one of ONNX Runtime's, else on the CPU.
 * @throws UnsafeModelError before the runtime sees it; otherwise with the runtime's message if it cannot read the file or run the model
 */
export async function openModelFile(path: string, device: DeviceReport): Promise<ModelFile> {
  const where = device.device === 'tfjs' ? 'cpu' : device.device;
  await refuseUnsafeModel(path);
  const session = await ort.InferenceSession.create(path, sessionOptions(where, device.threads));
  const [input, output] = [session.inputNames[0]!, session.outputNames[0]!];
  return {
    inputs: session.inputMetadata.map(describedValue),
    outputs: session.outputMetadata.map(describedValue),
    run: async (data, dims) => {
      const results = await session.run({ [input]: new ort.Tensor('float32', data, dims) }, [output]);
      return results[output]!;
    },
    release: () => session.release(),
  };
}

function describedValue(metadata: Ort.InferenceSession.ValueMetadata): ModelValue {
  const { name } = metadata;
  return metadata.isTensor ? { name, dtype: metadata.type, shape: metadata.shape } : { name };
}
