// The layers of docs/architecture.md: a folder may import itself and what stands below it, nothing else.
const layers = ['extension', 'engine', 'pipeline', 'models', 'compute', 'data', 'project', 'protocol'];
const allowedBelow = {
  // The extension host holds no ML and no native code: it reads files and speaks to the engine.
  extension: ['project', 'protocol'],
  engine: ['pipeline', 'models', 'compute', 'data', 'project', 'protocol'],
  pipeline: ['models', 'compute', 'data', 'project', 'protocol'],
  models: ['compute', 'data', 'project', 'protocol'],
  compute: ['data', 'project', 'protocol'],
  data: ['project', 'protocol'],
  project: ['protocol'],
  protocol: [],
};

// The folders of a layer, from the top: each may import itself and those after it, nothing before it.
const folders = {
  pipeline: [
    'stages',
    'interactive',
    'translation',
    'scale',
    'evaluation',
    'weight-generator',
    'training',
    'metrics',
    'weights',
    'image-editors',
  ],
  compute: ['run', 'optimizer', 'trace', 'lower', 'onnx', 'graph', 'tfjs'],
  extension: [
    'commands',
    'tools',
    'tensors',
    'panels',
    'targets',
    'trainings',
    'concepts',
    'comparisons',
    'zoo',
    'artifacts',
    'runs',
    'engine',
    'language',
    'projects',
  ],
  project: ['runs', 'zoo', 'checks', 'images', 'files', 'disk', 'schema', 'yaml'],
};

/** What a folder may not import: the folders above it. */
function foldersImportDownwards(layer) {
  return folders[layer].slice(1).map((folder, index) => ({
    name: `${layer}-${folder}-imports-upwards`,
    severity: 'error',
    from: { path: `^src/${layer}/${folder}/` },
    to: { path: `^src/${layer}/(${folders[layer].slice(0, index + 1).join('|')})/` },
  }));
}

module.exports = {
  forbidden: [
    ...Object.keys(folders).flatMap(foldersImportDownwards),
    {
      name: 'compute-entries-stay-on-top',
      comment:
        'Files beside the folders of compute: what all of them share (types, layout), else its public surface.',
      severity: 'error',
      from: { path: '^src/compute/[^/]+/' },
      to: { path: '^src/compute/[^/]+$', pathNot: '^src/compute/(types|layout)[.]ts$' },
    },
    {
      name: 'project-entries-stay-on-top',
      comment:
        'The entries of project are what loads one and what follows from it; its folders share the rest.',
      severity: 'error',
      from: { path: '^src/project/[^/]+/' },
      to: { path: '^src/project/(load|training-facts)[.]ts$' },
    },
    {
      name: 'project-yaml-schema-and-disk-know-no-project',
      severity: 'error',
      from: { path: '^src/project/(yaml|schema|disk)/' },
      to: { path: '^src/project/(project|selection|feature-network)[.]ts$' },
    },
    {
      name: 'project-shared-files-know-schemas-only',
      severity: 'error',
      from: { path: '^src/project/[^/]+$', pathNot: '^src/project/(load|training-facts)[.]ts$' },
      to: { path: '^src/project/[^/]+/', pathNot: '^src/project/schema/' },
    },
    {
      name: 'pipeline-shared-files-know-no-folder',
      comment: 'Except the lowest: every stage begins with pairs, which an image editor may have to make.',
      severity: 'error',
      from: { path: '^src/pipeline/[^/]+$' },
      to: { path: '^src/pipeline/[^/]+/', pathNot: '^src/pipeline/image-editors/' },
    },
    ...layers.map((layer) => ({
      name: `${layer}-imports-upwards`,
      severity: 'error',
      from: { path: `^src/${layer}/` },
      to: {
        path: '^src/',
        pathNot: `^src/(${[layer, ...allowedBelow[layer]].join('|')})/`,
      },
    })),
    {
      name: 'webview-imports-protocol-only',
      severity: 'error',
      from: { path: '^webview/', pathNot: '^webview/exported/' },
      to: { path: '^src/', pathNot: '^src/protocol/' },
    },
    {
      name: 'exported-page-imports-translation',
      comment:
        'The exported page translates pictures as the engine does. What it shares knows nothing of Node.js.',
      severity: 'error',
      from: { path: '^webview/exported/' },
      to: {
        path: '^src/',
        pathNot:
          '^src/(protocol/|data/(image-values|resampling)[.]ts$|pipeline/translation/(whole-picture|translate-tiled)[.]ts$)',
      },
    },
    {
      name: 'no-native-code-in-the-extension-host',
      severity: 'error',
      from: { path: '^src/(extension|project|protocol)/' },
      to: { path: 'node_modules/(onnxruntime-node|sharp|@tensorflow)/' },
    },
    {
      name: 'one-module-loads-onnxruntime',
      comment: 'It turns the telemetry of ONNX Runtime off first.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: 'node_modules/onnxruntime-node/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'protocol-has-no-dependencies',
      comment: 'Except what checks the messages of the webviews.',
      severity: 'error',
      from: { path: '^src/protocol/', pathNot: '^src/protocol/webview/schema[.]ts$' },
      to: { path: 'node_modules/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
