import { describe, expect, it } from 'vitest';
import type { WeightsChoice, WeightsKind } from '../../src/protocol/statistics.ts';
import type { ConceptChoice } from '../../src/protocol/webview/choices.ts';
import { selectImages, settle, understood } from '../../webview/translate/selection.ts';
import { settle as settleWeights } from '../../webview/weights/selection.ts';

function choice(kind: WeightsKind): WeightsChoice {
  return { kind, label: kind, file: `${kind}.safetensors`, modified: 1 };
}

function concept(name: string, ...kinds: WeightsKind[]): ConceptChoice {
  return { name, prompt: name, tags: [], weights: kinds.map(choice) };
}

function state(...concepts: ConceptChoice[]) {
  return { kind: 'ready' as const, trainings: [{ name: 'fast', file: 'fast.training.yaml' }], concepts };
}

const TARGET = { project: '/p', training: 'fast', concept: 'snow' };

describe('weights to translate with', () => {
  it.each<[WeightsKind[], WeightsKind[]]>([
    [
      ['fine-tuned', 'denoised', 'base'],
      ['denoised', 'fine-tuned'],
    ],
    [
      ['denoised', 'base'],
      ['base', 'denoised'],
    ],
    [
      ['base', 'zoo'],
      ['base', 'zoo'],
    ],
    [['denoised'], ['denoised']],
  ])('of %j are shown as %j', (kinds, shown) => {
    const settled = settle(state(concept('snow', ...kinds)), TARGET, {})!;
    expect([settled.first, settled.second].flatMap((weights) => weights?.kind ?? [])).toEqual(shown);
  });

  it('are those wished for while they exist, and never twice the same', () => {
    const project = state(concept('snow', 'base', 'denoised', 'fine-tuned'));
    const wished = settle(project, TARGET, { first: 'fine-tuned.safetensors', second: 'gone.safetensors' })!;
    expect(wished.first.kind).toBe('fine-tuned');
    expect(wished.second!.kind).toBe('denoised');
  });

  it('come from a concept that has some; none has, nothing can be shown', () => {
    const settled = settle(state(concept('snow'), concept('fog', 'zoo')), TARGET, {})!;
    expect(settled.concept.name).toBe('fog');
    expect(settle(state(concept('snow')), TARGET, {})).toBeUndefined();
  });
});

describe('images to translate', () => {
  const heldOut = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, file: `/${name}.png` }));

  it('are the first four until some are chosen; one’s own come before', () => {
    expect(selectImages(heldOut, {}).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    const own = [{ name: 'mine', file: '/mine.png' }, heldOut[2]!];
    const chosen = selectImages(heldOut, { images: ['/c.png', '/e.png'], own });
    expect(chosen.map(({ name, isHeldOut }) => [name, isHeldOut])).toEqual([
      ['mine', false],
      ['c', false],
      ['e', true],
    ]);
    expect(selectImages(heldOut, { images: [] })).toEqual([]);
  });

  it('are not those that an earlier version has kept in another way', () => {
    const own = [
      { name: 'a', image: { kind: 'file', file: '/a.png' } } as never,
      { name: 'b', file: '/b.png' },
    ];
    expect(understood({ own, position: 3 })).toEqual({ own: [own[1]], position: 3 });
  });
});

describe('weights to look at', () => {
  it('fall back to what the panel was opened for, then to the first there is', () => {
    const project = state(concept('fog', 'zoo'), concept('snow', 'fine-tuned', 'denoised'));
    expect(settleWeights(project, TARGET, {})).toEqual({
      training: 'fast',
      concept: 'snow',
      weights: 'fine-tuned.safetensors',
    });
    expect(
      settleWeights(project, TARGET, { concept: 'gone', weights: 'denoised.safetensors' })!.weights,
    ).toBe('denoised.safetensors');
    expect(settleWeights(project, { project: '/p' }, {})!.concept).toBe('fog');
  });
});
