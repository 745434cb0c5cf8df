import type { AllStages } from '../stage.ts';
import { collect, workOnCollect } from './collect.ts';
import { denoise } from './denoise.ts';
import { evaluate } from './evaluate.ts';
import { fineTune } from './fine-tune.ts';
import { prepare } from './prepare.ts';
import { quickstart } from './quickstart.ts';
import { searchRanks } from './search-ranks.ts';
import { trainBase } from './train-base.ts';
import { trainGenerator } from './train-generator.ts';
import { translate } from './translate.ts';

export const ALL_STAGES: AllStages = {
  stages: {
    prepare,
    'train-base': trainBase,
    'search-ranks': searchRanks,
    collect,
    'train-generator': trainGenerator,
    denoise,
    'fine-tune': fineTune,
    translate,
    evaluate,
    quickstart,
  },
  work: { collect: workOnCollect },
};
