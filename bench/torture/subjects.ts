import type { MakeSubject } from './subject.ts';

/** What is damaged, by name. Imported on demand: each runs in a process of its own. */
export const SUBJECTS: Readonly<Record<string, () => Promise<MakeSubject>>> = {
  yaml: async () => (await import('./yaml-subject.ts')).yamlSubject,
  'yaml-suite': async () => (await import('./yaml-subject.ts')).yamlSuiteSubject,
  safetensors: async () => (await import('./safetensors-subject.ts')).safetensorsSubject,
  pictures: async () => (await import('./picture-subject.ts')).pictureSubject,
  'run-folders': async () => (await import('./run-folder-subject.ts')).runFolderSubject,
  messages: async () => (await import('./serve-subject.ts')).serveSubject,
  // Only for the tests of this campaign: it has every fault that is looked for.
  faulty: async () => (await import('./faulty-subject.ts')).faultySubject,
};
