import { describe, expect, it } from 'vitest';
import { imagesIn, mapPaths, pairsText, sourceFolder } from '../../src/project/files/pair-source.ts';
import { conceptSchema } from '../../src/project/schema/concept-schema.ts';

const pairsOf = (pairs: unknown) => conceptSchema.parse({ prompt: 'x', pairs }).pairs;

const EDITED = pairsOf({ source: 'photos/**/*.jpg', target: { effect: ['snow', 'fog'] } });
const FOLDERS = pairsOf({ source: 'photos', target: { folder: 'edited' } });
const ALIGNED = pairsOf({ aligned: 'ab', direction: 'BtoA' });

describe('what pairs say of themselves', () => {
  it.each([
    [EDITED, 'P/photos/**/*.jpg to effects snow, fog'],
    [FOLDERS, 'P/photos to images of the same names in P/edited'],
    [ALIGNED, 'aligned images in P/ab (BtoA)'],
  ])('in words', (pairs, text) => {
    expect(pairsText(pairs, (path) => `P/${path}`)).toBe(text);
  });

  it.each([
    [EDITED, 'photos'],
    [FOLDERS, 'photos'],
    [ALIGNED, 'ab'],
  ])('the folder of what is translated', (pairs, folder) => {
    expect(sourceFolder(pairs)).toBe(folder);
  });

  it.each([
    [EDITED, { source: '/photos/**/*.jpg', target: (EDITED as { target: unknown }).target }],
    [FOLDERS, { source: '/photos', target: { folder: '/edited' } }],
    [ALIGNED, { aligned: '/ab', direction: 'BtoA' }],
  ])('their paths, which can be changed', (pairs, changed) => {
    // Key by key as they were: the key of cached pairs is made of this text.
    expect(JSON.stringify(mapPaths(pairs, (path) => `/${path}`))).toBe(JSON.stringify(changed));
  });

  it('their images, edited ones with their counterparts, even while a file is being written', () => {
    expect(imagesIn({ pairs: FOLDERS })).toEqual([
      { path: ['pairs', 'source'], source: 'photos', image: 'source image' },
      {
        path: ['pairs', 'target', 'folder'],
        source: 'edited',
        image: 'edited image',
        counterpartOf: 'photos',
      },
    ]);
    expect(imagesIn({ pairs: { aligned: 3, source: '', target: { folder: 'edited' } } })).toEqual([
      { path: ['pairs', 'target', 'folder'], source: 'edited', image: 'edited image' },
    ]);
    expect(imagesIn('prompt')).toEqual([]);
  });
});
