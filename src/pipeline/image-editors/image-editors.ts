import { effectEditor } from '../../data/effects/effect-editor.ts';
import type { ImageEditor, OpenEditor } from '../../data/image-editor.ts';
import type { Edit, EditorName, EditorSettings } from '../../project/schema/image-editors.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';

/** The device settings of a training config. */
type WantedDevice = Pick<TrainingConfig, 'device' | 'threads'>;

/** Every editor of `src/project/schema/image-editors.ts`; a missing one is a compile error. */
const IMAGE_EDITORS: {
  [N in EditorName]: (settings: EditorSettings<N>, device: WantedDevice) => ImageEditor;
} = {
  effect: effectEditor,
};

/** A function that opens the editors that concepts name, on the device of a training config. */
export function editorsOn(device: WantedDevice): OpenEditor {
  return <N extends EditorName>({ editor, settings }: Edit & { editor: N }) =>
    IMAGE_EDITORS[editor](settings as EditorSettings<N>, device);
}
