import { effectEditor } from '../../data/effects/effect-editor.ts';
import type { ImageEditor, OpenEditor } from '../../data/image-editor.ts';
import type { Edit, EditorName, EditorSettings } from '../../project/schema/image-editors.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';

/** Where a training config wants networks to be run. */
type WantedDevice = Pick<TrainingConfig, 'device' | 'threads'>;

/** Every editor of `src/project/image-editors.ts`; one that is missing here does not compile. */
const IMAGE_EDITORS: {
  [N in EditorName]: (settings: EditorSettings<N>, device: WantedDevice) => ImageEditor;
} = {
  effect: effectEditor,
};

/** What opens the editors that concepts name, to compute where a training config says. */
export function editorsOn(device: WantedDevice): OpenEditor {
  return <N extends EditorName>({ editor, settings }: Edit & { editor: N }) =>
    IMAGE_EDITORS[editor](settings as EditorSettings<N>, device);
}
