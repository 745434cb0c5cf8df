import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KernelGraph, type StepGraph } from '../../../src/compute/graph/graph.ts';
import { printStep, stepHash } from '../../../src/compute/graph/print.ts';
import { PORTABLE } from '../../../src/compute/lower/target.ts';
import * as tf from '../../../src/compute/tfjs/tf.ts';
import { compile, lowerCompiled } from '../../../src/compute/trace/compile.ts';
import { PASSES, type Pass } from '../../../src/compute/trace/passes.ts';
import { trace } from '../../../src/compute/trace/trace.ts';
import type { StepDefinition } from '../../../src/compute/types.ts';
import { convolutionStep } from '../convolution-step.ts';
import { smallStep } from '../small-step.ts';

describe('dumping graphs', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'graphs-'));
    vi.stubEnv('DNW_DUMP_GRAPHS', root);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true });
  });

  it('writes the graph after each pass and the ONNX graph at the end', () => {
    const compiled = compile(convolutionStep);
    lowerCompiled(compiled, PORTABLE);
    const [folder, ...others] = readdirSync(root);
    expect(others).toEqual([]);
    expect(folder).toBe(`convolution-${stepHash(trace(convolutionStep))}`);
    expect(readdirSync(join(root, folder!))).toEqual([
      '00-trace.txt',
      '01-simplify.txt',
      '02-remove-dead.txt',
      '03-onnx-cpu.txt',
    ]);
    const text = readFileSync(join(root, folder!, '02-remove-dead.txt'), 'utf8');
    expect(text).toBe(`# Graph of the step convolution after remove-dead\n${printStep(compiled.step)}\n`);
  });

  it('writes a graph that is lowered for some of the gradients only', () => {
    lowerCompiled(compile(smallStep), PORTABLE, ['generator']);
    const [folder] = readdirSync(root);
    const files = readdirSync(join(root, folder!));
    expect(files.slice(-2)).toEqual(['03-gradients-of-generator.txt', '04-onnx-cpu.txt']);
  });

  it('replaces its own files and no others', () => {
    compile(convolutionStep);
    const folder = join(root, readdirSync(root)[0]!);
    const path = join(folder, '01-simplify.txt');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, 100));
    compile(convolutionStep);
    expect(readFileSync(path, 'utf8')).toBe(text);
    writeFileSync(path, 'notes of my own');
    expect(() => compile(convolutionStep)).toThrow(`${path} was not written by DNW_DUMP_GRAPHS`);
    expect(readFileSync(path, 'utf8')).toBe('notes of my own');
  });

  it('writes nothing where it is not asked to', () => {
    vi.stubEnv('DNW_DUMP_GRAPHS', undefined);
    lowerCompiled(compile(convolutionStep), PORTABLE);
    expect(readdirSync(root)).toEqual([]);
  });
});

describe('verifying graphs', () => {
  afterEach(() => vi.unstubAllEnvs());

  /** Forgets the step's nodes. */
  const breaking: Pass = {
    name: 'forget',
    run: (step): StepGraph => ({ ...step, graph: new KernelGraph() }),
    leavesDead: false,
  };
  const lazy: Pass = { name: 'lazy', run: (step) => step, leavesDead: false };

  it('is on in every test, and names the pass that broke the graph', () => {
    expect(() => compile(convolutionStep, [...PASSES, breaking])).toThrow(
      'The graph of the step convolution is broken after forget: The output loss is',
    );
  });

  it('finds nodes that a pass should have removed', () => {
    const wasteful: StepDefinition = {
      ...convolutionStep,
      run: (scope) => {
        tf.exp(scope.inputs.image!);
        return convolutionStep.run(scope);
      },
    };
    expect(() => compile(wasteful, [lazy])).toThrow(
      /broken after lazy: Nothing needs this node\.\n {2}%\d+: float32\[1,16,16,3\] = Exp\(%1\)/,
    );
    expect(() => compile(wasteful)).not.toThrow();
  });

  it('is off outside tests', () => {
    vi.stubEnv('DNW_VERIFY_GRAPHS', undefined);
    expect(() => compile(convolutionStep, [...PASSES, breaking])).not.toThrow();
  });
});
