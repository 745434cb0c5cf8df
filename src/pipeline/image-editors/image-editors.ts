import { availableParallelism } from 'node:os';
import { effectEditor } from '../../data/effects/effect-editor.ts';
import { EffectThreads } from '../../data/effects/effect-threads.ts';
import type { ImageEditor, OpenEditor } from '../../data/image-editor.ts';
import type { Edit, EditorName, EditorSettings } from '../../project/schema/image-editors.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';

/** The device settings of a training config. */
type WantedDevice = Pick<TrainingConfig, 'device' | 'threads'>;

/** What editors may compute with. */
interface Means {
  readonly device: WantedDevice;
  /** Absent where a single image is edited. */
  readonly threads?: EffectThreads;
}

/** Every editor of `src/project/schema/image-editors.ts`; a missing one is a compile error. */
const IMAGE_EDITORS: {
  [N in EditorName]: (settings: EditorSettings<N>, means: Means) => ImageEditor;
} = {
  effect: (effects, { threads }) => effectEditor(effects, threads),
};

function openerWith(means: Means): OpenEditor {
  return <N extends EditorName>({ editor, settings }: Edit & { editor: N }) =>
    IMAGE_EDITORS[editor](settings as EditorSettings<N>, means);
}

/** A function that opens the editors that concepts name, on the device of a training config, for single images. */
export function editorsOn(device: WantedDevice): OpenEditor {
  return openerWith({ device });
}

/** Like `editorsOn`, for many images: editors share as many threads as the config has, until `use` has ended. */
export async function withEditors<T>(
  device: WantedDevice,
  use: (openEditor: OpenEditor) => Promise<T>,
): Promise<T> {
  const threads = new EffectThreads(device.threads || availableParallelism());
  try {
    return await use(openerWith({ device, threads }));
  } finally {
    await threads.dispose();
  }
}
