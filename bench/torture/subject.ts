import type { Random } from '../../src/data/random.ts';

/** What a reader of the program made of one damaged input. */
export interface Reading {
  /** Whether the input was taken as valid. */
  readonly accepted: boolean;
  /** What is wrong with how it was refused. */
  readonly faults: readonly string[];
}

/** A reader of the program, at the edge that a user sees, with inputs to damage. */
export interface Subject {
  /** Reads an input that is drawn from `random`; may write below the folder that the subject was made for. */
  read(random: Random, index: number): Promise<Reading>;
}

/** @param folder that the subject has to itself */
export type MakeSubject = (folder: string) => Promise<Subject>;
