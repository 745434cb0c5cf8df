/** The size of the benchmark: `full` takes hours, `quick` at most 15 minutes. */
export interface Scale {
  readonly seeds: readonly number[];
  /** Maximum number of concepts of each kind; absent: all. */
  readonly limit?: Readonly<
    Record<'zoo' | 'validation' | 'combination' | 'strength' | 'word' | 'ambiguous', number>
  >;
  /** Keys of the training config that override those of `trainingConfig`. */
  readonly config: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Lengths of fine-tuning in steps, each with its own schedule. The second is used for every method. */
  readonly fineTuneSteps: readonly [number, number, number];
  /** Number of steps of training from scratch. */
  readonly scratchSteps: number;
  /** Learning rates to sweep for the tuned reference and for our fine-tuning. */
  readonly scratchRates: readonly number[];
  readonly fineTuneRates: readonly number[];
  /** Learning rates of Muon. From random weights it needs lower ones, or a warm-up. */
  readonly muonRates: readonly number[];
  readonly muonScratchRates: readonly number[];
  /** Number of concepts for sweeping settings. */
  readonly sweepConcepts: number;
  readonly ablations: boolean;
}

export const SCALES: Readonly<Record<'full' | 'quick', Scale>> = {
  full: {
    seeds: [1, 2, 3],
    config: {},
    fineTuneSteps: [25, 100, 300],
    scratchSteps: 1500,
    scratchRates: [1e-3, 2e-3, 3e-3, 5e-3],
    fineTuneRates: [1.5e-3, 2.5e-3, 4e-3, 6e-3],
    muonRates: [5e-3, 1e-2, 2e-2],
    muonScratchRates: [1e-3, 2.5e-3, 5e-3, 1e-2, 2e-2],
    sweepConcepts: 2,
    ablations: true,
  },
  quick: {
    seeds: [1],
    limit: { zoo: 16, validation: 1, combination: 2, strength: 1, word: 1, ambiguous: 1 },
    config: {
      image: { train: 48, test: 12 },
      base: { steps: 400 },
      collect: { steps: 20 },
      weightGenerator: { steps: 200 },
    },
    fineTuneSteps: [10, 40, 80],
    scratchSteps: 200,
    scratchRates: [2e-3],
    fineTuneRates: [2.5e-3],
    muonRates: [1e-2],
    muonScratchRates: [5e-3],
    sweepConcepts: 1,
    ablations: false,
  },
};
