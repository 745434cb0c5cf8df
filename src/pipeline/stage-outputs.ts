/** What stages write to places that users name: which files, and whether they may. */
import { dirname } from 'node:path';
import { checkOutputs, type ReservedPlace } from '../data/outputs.ts';
import { type TranslationFiles, translationFiles } from '../data/translation-files.ts';
import { covers } from '../project/disk/image-files.ts';
import { isWithin, realPath } from '../project/disk/real-path.ts';
import { fromWorkingFolder } from '../project/disk/working-folder.ts';
import { imagesIn } from '../project/files/pair-source.ts';
import type { Project } from '../project/load.ts';
import { projectPaths } from '../project/paths.ts';
import type { PictureFormat } from '../protocol/stage-entry.ts';

/**
 * The images to translate, and the files that the translations may be written to.
 * @param input absolute path of an image or a folder of images
 * @param output absolute path of a folder, which need not exist
 * @param format of the translations
 * @throws UserError if the input has no image
 * @throws RefusedOutput if the output would mix with images that the project needs, or replace files that dnw did not write
 */
export async function checkedTranslations(
  project: Project,
  input: string,
  output: string,
  format: PictureFormat = 'png',
): Promise<TranslationFiles> {
  const found = await translationFiles(input, output, format);
  const { folder, files } = found;
  const translated: ReservedPlace = {
    has: (file) => covers(folder, file),
    what: 'holds the pictures that are translated',
  };
  const written = files.map((file) => file.written);
  await checkOutputs({ named: asOption(output), kind: 'folder', files: written }, [
    translated,
    ...conceptImages(project),
    ...ownFolders(project),
  ]);
  return found;
}

/**
 * Checks the file that the translation of one picture is to be written to. It may lie beside the picture.
 * @param input absolute path of the picture
 * @param output absolute path
 * @throws RefusedOutput if it is the picture itself, would become an image of a concept, or replace a file that dnw did not write
 */
export async function checkTranslation(project: Project, input: string, output: string): Promise<void> {
  const real = await realPath(input);
  const picture: ReservedPlace = {
    has: async (file) => (await realPath(file)) === real,
    what: 'is the picture that is translated',
  };
  await checkOutputs({ named: output, kind: 'file', files: [output] }, [
    picture,
    ...conceptImages(project),
    ...ownFolders(project),
  ]);
}

/** Folders of the project that hold other things than translations, and may be deleted or listed as a whole. */
function ownFolders({ folder }: Project): ReservedPlace[] {
  const { cache, runs, zoo, bases, weightGenerators } = projectPaths(folder);
  return Object.entries({
    [cache]: 'caches, which can be deleted at any time',
    [runs]: 'runs',
    [zoo]: 'the zoo',
    [bases]: 'bases',
    [weightGenerators]: 'weight generators',
  }).map(([own, content]) => ({
    has: async (file) => isWithin(await realPath(own), file),
    what: `is the project's folder for ${content}`,
  }));
}

function conceptImages({ concepts }: Project): ReservedPlace[] {
  return concepts.flatMap((concept) =>
    imagesIn(concept).map(({ source, image }) => ({
      has: (file: string) => covers(source, file),
      what: `holds the ${image}s of the concept ${concept.name}`,
    })),
  );
}

/**
 * Checks a file that denoised weights are to be written to.
 * @param output absolute path
 * @param isTrainedOn whether a weight generator was trained on the files of a folder, given without links
 * @throws RefusedOutput if it lies in a zoo, or would replace a file that dnw did not write
 */
export async function checkWeightsOutput(
  project: Project,
  output: string,
  isTrainedOn: (folder: string) => boolean = () => false,
): Promise<void> {
  const zoo = await realPath(projectPaths(project.folder).zoo);
  const reserved: ReservedPlace[] = [
    { has: async (file) => isWithin(zoo, file), what: "would become part of the project's zoo" },
    ...ownFolders(project),
    {
      has: async (file) => foldersAbove(file).some(isTrainedOn),
      what: 'lies in the folder that the weight generator was trained on',
    },
  ];
  await checkOutputs({ named: asOption(output), kind: 'file', files: [output] }, reserved);
}

function foldersAbove(file: string): string[] {
  const parent = dirname(file);
  return parent === file ? [] : [parent, ...foldersAbove(parent)];
}

const asOption = (output: string) => `--output ${fromWorkingFolder(output)}`;
