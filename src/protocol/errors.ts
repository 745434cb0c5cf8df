/**
 * All kinds of errors that a user can meet, with their codes. `dnw explain`, docs/troubleshooting.md (written by
 * scripts/write-troubleshooting.mjs) and the links of the editor are made from this table.
 */

/** What a code stands for. */
export interface ErrorEntry {
  /** Never changed, and never reused for another kind: people search for it. */
  readonly code: `DNW-1${number}`;
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
  /** A message as shown, without its code. */
  readonly example: string;
}

export const ERRORS = {
  // The command line and what is named there.
  'bad-command-line': {
    code: 'DNW-101',
    title: 'The command line is not understood',
    cause: 'The command or one of its options does not exist, or an option lacks its value.',
    remedy: 'Look up the spelling with `dnw --help`, or `dnw <command> --help` for the options of a command.',
    example: "error: unknown option '--speed'",
  },
  'missing-option': {
    code: 'DNW-102',
    title: 'An option is missing',
    cause: 'The command cannot work without this option.',
    remedy: 'Add the option that the message names. `dnw <command> --help` describes it.',
    example: 'dnw translate needs --input; see dnw translate --help.',
  },
  'choice-needed': {
    code: 'DNW-103',
    title: 'There are several to choose from',
    cause: 'The project has more than one training config, concept or run that you could mean.',
    remedy: 'Name one of those that the message lists.',
    example: 'Which concept? Name one with --concept: fog, snow.',
  },
  'conflicting-options': {
    code: 'DNW-104',
    title: 'Options do not go together',
    cause: 'The option belongs to another stage, or to another way of using this one.',
    remedy: 'Leave out one of the options. `dnw <command> --help` says which belong together.',
    example:
      "--output fog.safetensors: a concept's weights are written to its own folder. Omit this option, or give a --prompt instead of a concept.",
  },
  'bad-option-value': {
    code: 'DNW-105',
    title: 'The value of an option is not allowed',
    cause: 'The value is out of range, or does not have the form that the option takes.',
    remedy: 'Give a value in the range or of the form that the message names.',
    example:
      '--run-id "a/b": a run id begins with a letter or digit, and consists of at most 200 letters, digits, dots, dashes and underscores (ASCII only).',
  },
  'no-project': {
    code: 'DNW-106',
    title: 'No project was found',
    cause:
      'A project is a folder with a `*.training.yaml` file and a `concepts` folder. There is none in this folder or above it.',
    remedy: 'Go to the folder of the project, or name it with `--project`. In the editor, open that folder.',
    example:
      '--project pictures: no project in this folder. A project is a folder with a *.training.yaml file and a concepts folder.',
  },
  'no-training-config': {
    code: 'DNW-107',
    title: 'The project has no training config',
    cause: 'No file in the project folder ends in `.training.yaml`.',
    remedy: 'Create one, for example `fast.training.yaml` with the line `extends: preset:fast`.',
    example: '/project: no *.training.yaml file. Add one with the line: extends: preset:fast',
  },
  'no-concepts': {
    code: 'DNW-108',
    title: 'The project has no concepts',
    cause: 'No file below `concepts/` ends in `.concept.yaml`.',
    remedy: 'Create a concept, or rename files that have another ending.',
    example: '/project/concepts: no concepts. Their files end in .concept.yaml.',
  },
  'unknown-name': {
    code: 'DNW-109',
    title: 'Nothing has this name',
    cause: 'The project has no concept, training config, tag, layer or device with this name.',
    remedy: 'Correct the spelling, or choose one of those that the message lists.',
    example: '--concept fogg: no such concept. Did you mean fog? Available: fog, snow.',
  },
  'missing-path': {
    code: 'DNW-110',
    title: 'A file or folder does not exist',
    cause:
      'A path on the command line or in a YAML file points to nothing, or the current folder was deleted.',
    remedy:
      'Correct the path, or create what it names. Paths in a YAML file are relative to that file, those on the command line to the current folder.',
    example: '--input photos: there is no such file or folder.',
  },
  'output-taken': {
    code: 'DNW-111',
    title: 'The output would replace a file',
    cause: 'A file that dnw did not write, or that was changed since, has the name of an output.',
    remedy: 'Move or delete that file, or name another place for the output.',
    example:
      '--output /project/out: /project/out/wave-0.png already exists, and it is not an unchanged output of dnw (earlier versions left no mark). Move or delete it, or name another folder.',
  },
  'output-reserved': {
    code: 'DNW-112',
    title: 'The output would go to a place that is used for something else',
    cause: 'The place that you named holds the inputs, or files that dnw keeps there itself.',
    remedy: 'Name another file or folder.',
    example: '--output /project/images: it holds the pictures that are translated. Name another folder.',
  },
  'bad-selection': {
    code: 'DNW-113',
    title: 'The selection does not fit',
    cause: 'The command needs an open folder, or a different number of selected items.',
    remedy: 'Open a folder or select as many items as the message says, and run the command again.',
    example: 'Select at least two runs to compare.',
  },

  // Concepts, training configs and what they say.
  unreadable: {
    code: 'DNW-120',
    title: 'A file or folder cannot be read',
    cause: 'The system refuses to open it, for example because of its permissions or a circular link.',
    remedy: 'Check its permissions and its links. The message gives the reason that the system reported.',
    example:
      '/project/loop.training.yaml:1:1: error: The file cannot be opened: its symbolic links form a circle. Check its path and permissions.',
  },
  encoding: {
    code: 'DNW-121',
    title: 'A file is not text in UTF-8',
    cause: 'The file was saved in another encoding, or it is not a text file.',
    remedy: 'Save it as UTF-8 (in the editor: "Save with Encoding").',
    example:
      '/project/concepts/snow.concept.yaml:1:17: error: This character is not valid UTF-8; the file may be encoded as Latin-1 or Windows-1252. Save the file as UTF-8.',
  },
  'too-large': {
    code: 'DNW-122',
    title: 'A YAML file is too large',
    cause: 'The file, its nesting, or what its anchors expand to is beyond what a config needs.',
    remedy: 'Check that it is the right file, and remove what does not belong there.',
    example:
      '/project/tiny.training.yaml:1:1: error: The file has 70003 bytes; at most 65536 are read. Remove everything that is not configuration, or split the file.',
  },
  syntax: {
    code: 'DNW-123',
    title: 'The YAML syntax is wrong',
    cause:
      'Common mistakes are indentation with tabs, a missing space after a colon, and a text that contains a colon but has no quotes.',
    remedy: 'Correct the place that the message names.',
    example:
      '/project/tiny.training.yaml:3:1: error: A tab is used for indentation, which YAML forbids. Indent with spaces.',
  },
  'duplicate-key': {
    code: 'DNW-124',
    title: 'A key appears twice',
    cause: 'The same mapping has the key on two lines, and only one can count.',
    remedy: 'Remove one of the two lines.',
    example:
      '/project/tiny.training.yaml:3:1: error: The key `seed` appears twice in this mapping. Keep one of the two.',
  },
  'unknown-key': {
    code: 'DNW-125',
    title: 'A key is unknown',
    cause: 'The key is misspelled, on the wrong level, or from another version.',
    remedy:
      'Correct the spelling or the indentation. The editor offers the keys that are allowed at this place.',
    example:
      '/project/tiny.training.yaml:2:1: error: Unknown key `sed` at the top level. Did you mean `seed`?',
  },
  'missing-key': {
    code: 'DNW-126',
    title: 'A key is missing',
    cause: 'A key that the file must have is not there.',
    remedy: 'Add it. The message says what it takes.',
    example:
      '/project/concepts/snow.concept.yaml:1:1: error: `pairs` is missing. Add `pairs:` Where the training pairs come from.',
  },
  'invalid-value': {
    code: 'DNW-127',
    title: 'A value is not allowed',
    cause: 'The value is out of range, has the wrong type, or is not one of the choices.',
    remedy: 'Write a value that the message allows.',
    example:
      '/project/tiny.training.yaml:2:7: error: `seed` is many; allowed: a whole number from 0 to 2147483647. Use an allowed value, or remove the key.',
  },
  extends: {
    code: 'DNW-128',
    title: 'A config extends something unusable',
    cause: 'The file or preset after `extends` does not exist, has errors, or extends this file again.',
    remedy: 'Name an existing preset or file, and correct the errors there first.',
    example:
      '/project/tiny.training.yaml:1:10: error: There is no preset `preset:fats`. Did you mean `preset:fast`?',
  },
  'unknown-concept': {
    code: 'DNW-129',
    title: 'A config names a concept or tag that does not exist',
    cause: 'The name is misspelled, or the concept was renamed or removed.',
    remedy: 'Correct the name, or create the concept.',
    example:
      '/project/tiny.training.yaml:3:14: error: There is no concept `fogg` in this project. Did you mean `fog`?',
  },
  'duplicate-concept': {
    code: 'DNW-130',
    title: 'Two concepts have the same name',
    cause:
      'Names are compared without regard to case and Unicode form, because some file systems do the same.',
    remedy: 'Rename one of the two files.',
    example:
      '/project/concepts/more/fog.concept.yaml:1:1: error: Another concept is named `fog`: /project/concepts/fog.concept.yaml. Give one of the two another `name`, or rename its file.',
  },
  'duplicate-entry': {
    code: 'DNW-131',
    title: 'A list names something twice',
    cause: 'The entry is already in the list.',
    remedy: 'Remove one of the two.',
    example:
      '/project/tiny.training.yaml:3:18: warning: `fog` appears twice in `collect.holdOut`. Remove one of the two.',
  },
  'equal-prompts': {
    code: 'DNW-132',
    title: 'Concepts have the same prompt',
    cause:
      'The weight generator tells concepts apart by their prompts alone: it cannot make different weights for equal prompts.',
    remedy: 'Describe the difference in the prompts.',
    example:
      '/project/concepts/fog.concept.yaml:1:9: warning: `fog` and `dusk` have the same prompt: the weight generator cannot tell them apart. Describe one of the two edits in other words.',
  },
  'no-effect': {
    code: 'DNW-133',
    title: 'A value has no effect',
    cause: 'Another key turns off what this one sets.',
    remedy: 'Remove the line, or change the key that the message names.',
    example:
      '/project/tiny.training.yaml:3:17: warning: `collect.learningRate` is 0: nothing is trained. Write a number above 0.',
  },
  'held-out-concept': {
    code: 'DNW-134',
    title: 'A concept is held out of the zoo',
    cause:
      'The training config keeps this concept unseen (`collect.holdOut`, `collect.concepts`), so that it can be used for testing.',
    remedy: 'Choose a concept of the zoo, or take this one out of `collect.holdOut`.',
    example:
      '/project/tiny.training.yaml:3:14: error: `fog` is listed here and also held out by `collect.holdOut`. Remove it from one of the two; concepts that are held out never enter the base or the zoo.',
  },
  'not-read': {
    code: 'DNW-135',
    title: 'A file is not read',
    cause: 'It looks like a concept or training config, but has the wrong name or is in the wrong place.',
    remedy: 'Rename or move it as the message says, or leave it if it is not meant to be read.',
    example:
      '/project/concepts/fog.yaml:1:1: warning: This file is not read: the files of concepts end in `.concept.yaml`. Rename it, or move it elsewhere.',
  },
  'impossible-size': {
    code: 'DNW-136',
    title: 'Sizes do not fit together',
    cause: 'A network cannot be built with this combination of sizes.',
    remedy: 'Use one of the values that the message names.',
    example:
      '/project/tiny.training.yaml:3:10: error: 5 attention heads do not divide 32 channels (`weightGenerator.channels`). Use 4 or 2 or 8.',
  },
  'more-problems': {
    code: 'DNW-137',
    title: 'Not all problems are listed',
    cause: 'A file has too many problems to list. Often, a single mistake causes most of them.',
    remedy: 'Correct the listed ones first, and check again.',
    example:
      '/project/tiny.training.yaml:102:1: error: This file has 20 more problems like these. Correct the listed ones first.',
  },
  'no-concept-selected': {
    code: 'DNW-138',
    title: 'The config selects no concept',
    cause:
      'After `include`, `exclude` and `holdOut`, nothing is left, or nothing is held out where that is needed.',
    remedy: 'Add concepts to the project, or change the selection that the message names.',
    example:
      '/project/fast.training.yaml: collect.concepts selects no concept. Add concepts to the project, or hold out fewer.',
  },
  'conflicting-settings': {
    code: 'DNW-139',
    title: 'Settings contradict each other',
    cause: 'Because of another setting, what this one asks for is impossible or has no effect.',
    remedy: 'Change one of the settings that the message names.',
    example: 'lora.ranks: every layer has rank 0, so there is nothing to train. Raise lora.rank.',
  },

  // Images and pairs.
  'no-images': {
    code: 'DNW-140',
    title: 'There are no images',
    cause: 'The folder has no image files of a supported format, or only its subfolders have.',
    remedy: 'Put images there, or end the path with `/**` to use images in subfolders.',
    example:
      '/project/concepts/snow.concept.yaml:3:11: error: There are no images in /project/empty. Put images there (jpg, jpeg, png, webp, avif, tif, tiff, gif); to use images in subfolders, end the path with /**.',
  },
  'few-images': {
    code: 'DNW-141',
    title: 'There are too few images',
    cause: 'Training needs at least one pair to train on and one to test on; some metrics need more.',
    remedy: 'Add images, or repair those that the message lists.',
    example:
      '/project/concepts/snow.concept.yaml:3:11: error: There is only one image in /project/one. Add images: at least one to train on and one to test on.',
  },
  'same-images': {
    code: 'DNW-142',
    title: 'Source and target are the same images',
    cause: 'Both paths of the pairs point to the same files, so there is no edit to learn.',
    remedy: 'Name the folder of the edited images as the target.',
    example:
      '/project/concepts/snow.concept.yaml:4:21: warning: Source and edited images are the same files: there is no edit to learn. Name a folder that holds edited images only, and is not part of `pairs.source`.',
  },
  'unmatched-pairs': {
    code: 'DNW-143',
    title: 'Edited images do not match the sources',
    cause: 'Pairs are matched by file name, and no edited image has the name of a source image.',
    remedy: 'Give each edited image the file name of its source; the extension may differ.',
    example:
      '/project/concepts/fog.concept.yaml: no image in /project/edited has the name of a source image. Sources: 1.png; edited images: a.png. Give each edited image the file name of its source; the extension may differ.',
  },
  'unreadable-image': {
    code: 'DNW-144',
    title: 'An image cannot be used',
    cause: 'The file is damaged, too large, or not an image of a supported format.',
    remedy: 'Open and save it again with an image program, or remove it.',
    example: '/project/photos/a.png: not an image of a supported format (JPEG, PNG, WebP, TIFF, GIF, AVIF)',
  },
  'bad-pattern': {
    code: 'DNW-145',
    title: 'A path pattern cannot be used',
    cause: 'The pattern is not valid, or reaches too many files.',
    remedy: 'Correct its brackets, or write a simpler pattern that begins in a deeper folder.',
    example: '[z-a] is not a valid pattern. Check its [ ] and { }.',
  },

  // Files of weights.
  'not-safetensors': {
    code: 'DNW-150',
    title: 'A file is not a valid safetensors file',
    cause: 'The file has another format, or a copy or download of it was cut off.',
    remedy: 'Make or copy it again. Convert files of other formats to safetensors first.',
    example:
      '/project/a.safetensors: not a valid safetensors file: it is text ("no weights at all"). Download the file itself.',
  },
  'not-finite': {
    code: 'DNW-151',
    title: 'A tensor has values that are not numbers',
    cause: 'A value is NaN or infinite: the training that made it has diverged, or the file is damaged.',
    remedy: 'Make the file again, with a lower learning rate if its training diverged.',
    example: "/project/a.safetensors: tensor 'down' has a value that is NaN. Make or copy it again.",
  },
  'wrong-dtype': {
    code: 'DNW-152',
    title: 'A tensor has a type that cannot be used',
    cause: 'Weights must be floating-point numbers of a supported type.',
    remedy: 'Save the tensor as one of the types that the message names, or leave it out.',
    example:
      "/project/loras/b.safetensors: tensor 'x' is I64, but weights must be F32, F16, BF16. Save the file without this tensor, or remove the file.",
  },
  'no-such-tensor': {
    code: 'DNW-153',
    title: 'A file does not have this tensor',
    cause: 'The tensor is named differently, or the file has changed since it was opened.',
    remedy: 'Open the file again, and choose one of the tensors that it has.',
    example: "/project/a.safetensors: there is no tensor 'up'. Open the file again.",
  },
  'other-architecture': {
    code: 'DNW-154',
    title: 'Weights are for another network',
    cause: 'The file was made with sizes or ranks that differ from those in the config now.',
    remedy: 'Change the training config back, or train again.',
    example:
      '/project/base/tiny.safetensors: made for another architecture. channels: 16 instead of 8. Change the training config back, or train again.',
  },
  'other-base': {
    code: 'DNW-155',
    title: 'Weights belong to another base',
    cause: 'The base generator was trained again after these weights were made.',
    remedy: 'Repeat the stage that the message names.',
    example:
      '/project/weights/fog/denoised.safetensors belongs to base 1a2b, but the current base is 3c4d: it was trained again. Denoise the weights again.',
  },
  'damaged-file': {
    code: 'DNW-156',
    title: 'A file written by dnw is damaged',
    cause: 'The file was cut off or changed by another program.',
    remedy: 'Delete it, and repeat the stage that made it, or resume the run, as the message says.',
    example:
      '/project/base.safetensors: its metadata has no readable architecture. The file is damaged: delete it and train again.',
  },
  'not-ours': {
    code: 'DNW-157',
    title: 'A file was not written by dnw',
    cause: 'The file is valid, but its metadata does not mark it as weights or a checkpoint of dnw.',
    remedy: 'Name a file that a stage of dnw has written.',
    example:
      '/project/a.safetensors: not a checkpoint of this program (no format dnw-checkpoint in its metadata).',
  },
  'other-version': {
    code: 'DNW-158',
    title: 'A file is from another version of dnw',
    cause: 'The file or run was made by a version with a different format, encoder or config.',
    remedy: 'Use the version that made it, or make it again with this one.',
    example:
      '/project/runs/fog-1/run.json has the format version 2, but this program reads version 1. Use the version of the program that wrote the run.',
  },
  'no-lora': {
    code: 'DNW-159',
    title: 'The weights are not LoRA weights',
    cause: 'The file holds a whole generator (`fineTune.trainable: all`).',
    remedy: 'Look at the denoised weights, or fine-tune with `fineTune.trainable: lora`.',
    example:
      '/project/weights/fog/fine-tuned.safetensors holds a whole generator (fineTune.trainable: all), which has no LoRA weights to look at. Look at the denoised weights from which it was trained, or fine-tune with fineTune.trainable: lora.',
  },
  'small-zoo': {
    code: 'DNW-160',
    title: 'The zoo is too small',
    cause: 'The zoo has fewer members than the weight generator needs.',
    remedy: 'Collect or add members, or lower the size that the message names.',
    example:
      '/project/loras: 1 .safetensors files; a zoo needs at least 3. Add files, or name another folder.',
  },
  'zoo-prompts': {
    code: 'DNW-161',
    title: 'The prompts of a zoo cannot be used',
    cause: 'A file of the zoo has no prompt, has two, or the list of prompts has errors.',
    remedy: 'Write one line per file in `prompts.yaml`: its name, a colon and its prompt.',
    example:
      '/project/loras/prompts.yaml: d.safetensors: there is no such file in /project/loras. Did you mean a.safetensors?',
  },
  'unlike-zoo': {
    code: 'DNW-162',
    title: 'Files of a zoo have different tensors',
    cause: 'A file was made for another model, or with different ranks or layers than most.',
    remedy: 'Remove the file, or train on each kind separately.',
    example:
      "/project/loras/b.safetensors: it lacks tensor 'x.lora_up.weight', which a.safetensors and c.safetensors have. All files of a zoo must have the same tensors: remove the file, or train on each kind separately.",
  },
  'lora-scales': {
    code: 'DNW-163',
    title: 'LoRA files have different scales',
    cause: 'The files have different alphas, and these tensors cannot be brought to one scale.',
    remedy: 'Save all files with one alpha, or remove those with another.',
    example:
      "/project/loras/b.safetensors: tensor 'x.alpha' is 8, but 16 in a.safetensors: the files have different scales, and only pairs of a down and an up factor can be brought to one. Save all files with one alpha, or remove those with another.",
  },
  'stage-needed': {
    code: 'DNW-164',
    title: 'An earlier stage has not run yet',
    cause: 'The stage needs the output of an earlier one, which does not exist yet.',
    remedy: 'Run the stage that the message names.',
    example:
      'tiny: no base generator yet (/project/base/tiny.safetensors). Train it first: dnw train-base --training tiny',
  },
  'other-zoo': {
    code: 'DNW-165',
    title: 'The weight generator is for another kind of zoo',
    cause: 'It was trained on a folder of files and is used for a concept, or the other way around.',
    remedy: 'Denoise as the message says, or train one on the other kind of zoo.',
    example:
      '/project/weight-generators/tiny.safetensors: it was trained on a folder of files (dnw train-generator --zoo), so it cannot denoise a concept. Denoise with --prompt and --output, or train one for the base: dnw train-generator --training tiny',
  },

  // Runs.
  'unknown-run': {
    code: 'DNW-170',
    title: 'There is no such run',
    cause: 'The run was deleted, belongs to another project, or its id is misspelled.',
    remedy: 'List the runs of the project with `dnw runs`.',
    example: 'fog-1: no such run. To list the runs of this project: dnw runs',
  },
  'nothing-to-resume': {
    code: 'DNW-171',
    title: 'There is nothing to resume',
    cause: 'The run has already finished, or no run of this stage was stopped before its end.',
    remedy: 'Start a new run.',
    example: 'No fine-tune run of this project can be resumed. To list all runs: dnw runs',
  },
  'run-exists': {
    code: 'DNW-172',
    title: 'A run with this id already exists',
    cause: 'The id given with `--run-id` was used before.',
    remedy: 'Continue that run with `--resume`, or choose another id.',
    example:
      '/project/runs/base-1: this run already exists. Continue it with --resume base-1, or choose another --run-id.',
  },
  'other-run-options': {
    code: 'DNW-173',
    title: 'A run is resumed with different options',
    cause: 'A run keeps the stage and the options that it was started with.',
    remedy: 'Resume it without those options, or start a new run.',
    example: 'base-1 is a train-base run. Continue it with: dnw train-base --resume base-1',
  },
  'changed-inputs': {
    code: 'DNW-174',
    title: 'Inputs have changed since the run began',
    cause:
      'A run, even a resumed one, must end with the inputs that it began with: concepts, images, config, base. One of them is different now.',
    remedy: 'Undo the change and resume, or start a new run.',
    example:
      'fog-1: changed since this run began: concept fog (prompt). Its checkpoint no longer fits. Start a new run.',
  },
  'run-active': {
    code: 'DNW-175',
    title: 'Another process is working on the run',
    cause: 'The run is still in progress, here or on another machine with the same folder.',
    remedy: 'Wait until it has finished, or stop it with `dnw stop`.',
    example:
      '/project/runs/base-1: process 4711 on laptop is working on this run. Wait until it has finished, or stop it first: dnw stop "/project/runs/base-1"',
  },
  'run-not-active': {
    code: 'DNW-176',
    title: 'The run is not active',
    cause: 'The run has ended, or its folder was deleted, so it cannot be stopped.',
    remedy: 'Nothing needs to be done. `dnw runs` lists the runs and how they ended.',
    example: '/project/runs/base-1: no process is working on this run.',
  },
  'damaged-run': {
    code: 'DNW-177',
    title: 'The record of a run is damaged',
    cause: 'A file in the folder of the run was cut off or edited.',
    remedy: 'Delete what the message names, and start a new run.',
    example: '/project/runs/fog-1/run.json is not valid JSON. The run cannot be resumed; delete its folder.',
  },
  diverged: {
    code: 'DNW-178',
    title: 'The training has diverged',
    cause: 'A loss became infinite or rose: the steps were too large.',
    remedy: 'Lower the learning rate, raise the warmup, or try another seed.',
    example:
      'Training fog: loss/generator became NaN at step 120. Lower the learning rate, or resume from the last checkpoint with another seed.',
  },

  // The machine.
  'disk-full': {
    code: 'DNW-180',
    title: 'The disk is full',
    cause: 'No space is left on the disk, or the quota is used up.',
    remedy: 'Free some space. To continue a run, use `--resume`.',
    example: '/project/snow.onnx: no space is left on the disk. Free some space, and try again.',
  },
  'no-permission': {
    code: 'DNW-181',
    title: 'Permission is denied',
    cause: 'The system does not let you read or write this file.',
    remedy: 'Check the permissions, or use a folder that you can write to.',
    example:
      '/project/runs: permission denied. Check the permissions, or use a folder that you can write to.',
  },
  'read-only': {
    code: 'DNW-182',
    title: 'The folder is read-only',
    cause: 'The file system cannot be written to.',
    remedy: 'Copy the project to a folder that you can write to.',
    example:
      '/project/runs: it is on a read-only file system. Copy the project to a folder that you can write to.',
  },
  'name-taken': {
    code: 'DNW-183',
    title: 'A file has the name of a folder',
    cause: 'A folder must be created, but a file already has its name.',
    remedy: 'Rename or remove the file.',
    example:
      '/project/runs: something else has that name. Rename or remove the file that is there instead of the folder.',
  },
  device: {
    code: 'DNW-184',
    title: 'A device does not work here',
    cause: 'The device was named with `--device` or in a setting, and its driver or library is missing.',
    remedy: 'Install what the message names, or set the device to `auto`.',
    example:
      'The device cuda does not work here: no CUDA device was found. Install the driver. Or set the device to auto.',
  },
  'feature-network': {
    code: 'DNW-185',
    title: 'The network for FID and KID cannot be used',
    cause: 'The file of `evaluate.featureNetwork` is missing, not an ONNX model, or does not take images.',
    remedy: 'Name a suitable model, or remove the key to skip FID and KID.',
    example:
      '/project/net.onnx (evaluate.featureNetwork.file): there is no such file. Correct the path, or remove the key to skip FID and KID.',
  },
  'no-engine': {
    code: 'DNW-186',
    title: 'The engine cannot be started',
    cause: 'The program that the setting names does not exist or cannot be executed.',
    remedy:
      'Enter the absolute path of a Node.js program in the setting, or leave it empty to use that of the editor.',
    example:
      'Setting denoisedWeights.engine.node: "nod" is not an executable program. Enter the absolute path of a Node.js program (20.12 or newer), or leave the setting empty to use the editor\'s own.',
  },
  untrusted: {
    code: 'DNW-187',
    title: 'The workspace is not trusted',
    cause: 'Nothing is executed in a workspace that you have not trusted.',
    remedy: 'Trust the workspace with the command "Workspaces: Manage Workspace Trust".',
    example: 'Nothing is executed in a workspace that is not trusted. Trust the workspace first.',
  },
  'outside-project': {
    code: 'DNW-188',
    title: 'A link points outside the project',
    cause: 'A folder that dnw writes to is a link to a place outside the project.',
    remedy:
      'Replace the link with a folder. If the link is your own, for example to a larger disk, name its target in the environment variable DNW_OUTSIDE_FOLDERS (absolute paths, separated as in PATH) or in the setting denoisedWeights.outsideFolders.',
    example:
      '/project/runs: nothing is written there, because a link points outside /project, to /data/runs. Replace the link with a folder, or name its target in DNW_OUTSIDE_FOLDERS (in the editor: setting denoisedWeights.outsideFolders) if the link is your own.',
  },
  'engine-ended': {
    code: 'DNW-189',
    title: 'The engine has ended',
    cause: 'The process that computes was stopped, ran out of memory, or failed before it could say why.',
    remedy: 'Try again. If it ends again, look at the message and the log, which quote its last output.',
    example: 'The engine ended before it answered "translate" (exit status 3: out of memory).',
  },
  'not-opened': {
    code: 'DNW-190',
    title: 'A path is outside the open projects and files',
    cause:
      'The editor asked its engine for a file that belongs to no open project and has not been opened itself.',
    remedy: 'Open the project or the file in the editor, or copy the file into the project.',
    example:
      '/data/weights.safetensors: this path may not be read. It lies outside the open projects and files, once links are followed. Open its folder in the editor, or choose the file there.',
  },
  'bad-request': {
    code: 'DNW-191',
    title: 'A request is malformed',
    cause: 'A program sent `dnw serve` a request whose parameters do not have the expected form.',
    remedy: 'Correct the parameter that the message names. In the editor, please report the message.',
    example:
      'The request validate cannot be answered: params.project: it must be text. Its parameters are in src/protocol/serve.ts.',
  },
  'units-failed': {
    code: 'DNW-192',
    title: 'Some concepts of the run have failed',
    cause: 'The run went on without them. The message names them, and says why the first one failed.',
    remedy:
      'Correct what is wrong with them. Then do as the message says: continue the run with `--resume`, or start a new one with `--missing`. Both keep the others.',
    example:
      '27 of 30 concepts are collected, 3 failed: fog, snow, night. Correct the cause, then collect them in a new run with --missing: it keeps the others. fog: collecting fog (4 of 30): loss/generator became NaN at step 120. Lower the learning rate, or resume from the last checkpoint with another seed.',
  },
  'not-divided': {
    code: 'DNW-193',
    title: 'There is nothing to work on yet',
    cause:
      'The run has only just begun, was stopped, or is of a kind that no other process can take part in.',
    remedy: 'Do as the message says, then start `dnw work` again.',
    example:
      '/project/runs/zoo-1: this run has only just begun, and is not divided into concepts yet. Try again in a moment.',
  },
  unexpected: {
    code: 'DNW-199',
    title: 'An unexpected error',
    cause: 'There is a mistake in the program.',
    remedy: 'Please report it, with the whole message and what you did before.',
    example: 'Unexpected error, please report it: TypeError: x is undefined',
  },
} as const satisfies Record<string, ErrorEntry>;

/** A kind of error, as the source calls it. */
export type ErrorKind = keyof typeof ERRORS;
/** The code of a kind, as shown: `DNW-101`. */
export type ErrorCode = (typeof ERRORS)[ErrorKind]['code'];

/** The entry of a code, in any case; undefined if there is none. */
export function errorOfCode(code: string): [ErrorKind, ErrorEntry] | undefined {
  const entries = Object.entries(ERRORS) as [ErrorKind, ErrorEntry][];
  return entries.find(([, entry]) => entry.code === code.trim().toUpperCase());
}

/** A message with its code at the end; a list of problems has a code on each of its lines already. */
export function withCode(message: string, code: string | undefined): string {
  return code === undefined || message.includes(`[${code}]`) ? message : `${message} [${code}]`;
}

/** How to read more about a code on the command line. */
export const explainHint = (code: string) => `To read more: dnw explain ${code}`;
