/**
 * Looks at a step's graph after each pass, where an environment variable asks for it: `DNW_VERIFY_GRAPHS=1` checks
 * the graph, `DNW_DUMP_GRAPHS=<folder>` prints it into a file (docs/compute.md).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepGraph } from '../graph/graph.ts';
import { printStep, stepHash } from '../graph/print.ts';
import { verifyStep } from '../graph/verify.ts';
import { inferTypes } from '../lower/kernel-rule.ts';
import { ruleOf } from '../lower/kernels.ts';
import type { OnnxGraph } from '../onnx/onnx-graph.ts';
import { printOnnx, type ValueNote } from '../onnx/print-onnx.ts';
import { verifyOnnx } from '../onnx/verify-onnx.ts';

/** First words of every file of a dump, by which a later dump knows that it may replace the file. */
const MARK = '# Graph of the step';

/** The text as a part of a file's name. */
function fileName(text: string): string {
  return text.replace(/[^\w.-]/g, '-');
}

export class Inspector {
  private readonly verifies = process.env.DNW_VERIFY_GRAPHS === '1';
  /** Where this step's files go; absent where none are asked for. */
  private readonly folder: string | undefined;
  private count = 0;

  /** @param traced the step as it was traced: its hash is part of the folder's name */
  constructor(
    private readonly name: string,
    traced: StepGraph,
  ) {
    const root = process.env.DNW_DUMP_GRAPHS;
    if (!root) return;
    this.folder = join(root, `${fileName(name)}-${stepHash(traced)}`);
    mkdirSync(this.folder, { recursive: true });
  }

  /**
   * Looks at the graph after a pass.
   * @throws if verifying is on and the graph is broken, naming the pass and printing the node
   */
  inspect(pass: string, step: StepGraph, { deadAllowed }: { readonly deadAllowed: boolean }): void {
    this.write(pass, () => printStep(step));
    this.verify(pass, () =>
      verifyStep(step, {
        infer: (node, inputs) => inferTypes(ruleOf(node.kernel), inputs, node.attrs),
        deadAllowed,
      }),
    );
  }

  /**
   * Looks at the ONNX graph that the step was lowered to.
   * @throws as `inspect` does
   */
  inspectOnnx(pass: string, graph: OnnxGraph, notes: ReadonlyMap<string, ValueNote>): void {
    this.write(pass, () => printOnnx(graph, notes));
    this.verify(pass, () => verifyOnnx(graph));
  }

  private verify(pass: string, check: () => void): void {
    if (!this.verifies) return;
    try {
      check();
    } catch (error) {
      throw new Error(
        `The graph of the step ${this.name} is broken after ${pass}: ${(error as Error).message}`,
      );
    }
  }

  /** @throws if there is a file of this name that no dump has written */
  private write(pass: string, print: () => string): void {
    if (this.folder === undefined) return;
    const number = String(this.count++).padStart(2, '0');
    const path = join(this.folder, `${number}-${fileName(pass)}.txt`);
    const text = `${MARK} ${this.name} after ${pass}\n${print()}\n`;
    try {
      writeFileSync(path, text, { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (!readFileSync(path, 'utf8').startsWith(MARK)) {
        throw new Error(
          `${path} was not written by DNW_DUMP_GRAPHS and is not replaced. Choose another folder.`,
        );
      }
      writeFileSync(path, text);
    }
  }
}
