import { relative, sep } from 'node:path';
import { foldOf, formOf } from '../names.ts';

/** An image file and its name. */
export interface NamedImage {
  /** Path below the folder of its source or target, with forward slashes. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
}

/** An image's name: its path below the folder of its source, with forward slashes. */
export function nameBelow(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

export interface MatchedImages {
  /** In the order of the sources. */
  readonly pairs: readonly { readonly source: NamedImage; readonly target: NamedImage }[];
  /** Sources that could have several targets, or share one with other sources, with the reason. */
  readonly ambiguous: readonly { readonly source: NamedImage; readonly reason: string }[];
  /** Sources and targets that nothing else has the name of. */
  readonly loneSources: readonly NamedImage[];
  readonly loneTargets: readonly NamedImage[];
}

/** Spellings that are taken for the same, the strictest first: what matches under one is settled for the next. */
const SPELLINGS: readonly ((name: string) => string)[] = [(name) => name, formOf, foldOf];

/** The part of the path that a source and its target have in common: below their folders, without the extension. */
export function stemOf(name: string): string {
  return name.replace(/\.[^./]+$/, '');
}

/**
 * Finds the target of each source by name without extension. No target is used twice: if several sources or targets have
 * one name, only those of the same full name are pairs, and only if this leaves no target over.
 */
export function matchImages(sources: readonly NamedImage[], targets: readonly NamedImage[]): MatchedImages {
  const partners = new Map<NamedImage, NamedImage>();
  const reasons = new Map<NamedImage, string>();
  let openSources = sources;
  let openTargets = targets;
  for (const spelling of SPELLINGS) {
    const byStem = grouped(openTargets, spelling);
    const settled = new Set<NamedImage>();
    for (const [stem, alike] of grouped(openSources, spelling)) {
      const candidates = byStem.get(stem);
      if (!candidates) continue;
      for (const image of [...alike, ...candidates]) settled.add(image);
      const found = partnersAmong(alike, candidates);
      for (const source of alike) {
        const target = found.get(source);
        if (target) partners.set(source, target);
        else reasons.set(source, whyAmbiguous(alike, candidates));
      }
    }
    openSources = openSources.filter((source) => !settled.has(source));
    openTargets = openTargets.filter((target) => !settled.has(target));
  }
  return {
    pairs: sources.flatMap((source) => {
      const target = partners.get(source);
      return target ? [{ source, target }] : [];
    }),
    ambiguous: sources.flatMap((source) => {
      const reason = reasons.get(source);
      return reason === undefined ? [] : [{ source, reason }];
    }),
    loneSources: openSources,
    loneTargets: openTargets,
  };
}

/** Images by stem in a spelling. */
function grouped(
  images: readonly NamedImage[],
  spelling: (name: string) => string,
): Map<string, NamedImage[]> {
  const groups = new Map<string, NamedImage[]>();
  for (const image of images) {
    const stem = spelling(stemOf(image.name));
    const group = groups.get(stem);
    if (group) group.push(image);
    else groups.set(stem, [image]);
  }
  return groups;
}

/** The targets of sources that have one stem. */
function partnersAmong(
  sources: readonly NamedImage[],
  targets: readonly NamedImage[],
): ReadonlyMap<NamedImage, NamedImage> {
  if (sources.length === 1 && targets.length === 1) return new Map([[sources[0]!, targets[0]!]]);
  const partners = new Map<NamedImage, NamedImage>();
  for (const target of targets) {
    const source = ofSameFullName(target, sources);
    if (!source || partners.has(source)) return new Map();
    partners.set(source, target);
  }
  return partners;
}

/** The one source with the target's full name, in the strictest spelling that has any. */
function ofSameFullName(target: NamedImage, sources: readonly NamedImage[]): NamedImage | undefined {
  for (const spelling of SPELLINGS) {
    const alike = sources.filter(({ name }) => spelling(name) === spelling(target.name));
    if (alike.length > 0) return alike.length === 1 ? alike[0] : undefined;
  }
  return undefined;
}

function whyAmbiguous(sources: readonly NamedImage[], targets: readonly NamedImage[]): string {
  const [what, images] = targets.length > 1 ? ['edited', targets] : ['source', sources];
  const names = images.map(({ name }) => name.slice(name.lastIndexOf('/') + 1));
  return `several ${what} images have this name: ${names.join(', ')}`;
}
