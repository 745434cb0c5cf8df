import { describe, expect, it } from 'vitest';
import { Vocabulary } from '../../src/data/text.ts';
import { wordTable } from '../../src/data/word-table.ts';

const PROMPTS = ['Van Gogh', 'grey hair', 'van'];
const vocabulary = Vocabulary.ofPrompts(PROMPTS);

describe('the table of words', () => {
  it('encodes prompts as the vocabulary of those it was made for', async () => {
    const encoder = await wordTable.fit(PROMPTS);
    expect(encoder.tableRows).toBe(vocabulary.size);
    expect(await encoder.encode(['', 'grey zombie'], 3)).toEqual([
      vocabulary.encode('', 3),
      vocabulary.encode('grey zombie', 3),
    ]);
    expect(await encoder.features(['van VAN grey'])).toEqual([vocabulary.bagOfWords('van VAN grey')]);
  });

  it('says how many different words a prompt has, and which of them it does not know', async () => {
    const encoder = await wordTable.fit(PROMPTS);
    expect(encoder.partsOf('Van zombie van ZOMBIE ghoul')).toEqual({
      count: 3,
      unknown: ['zombie', 'ghoul'],
    });
  });

  it('comes back from JSON, and from nothing else', async () => {
    const encoder = await wordTable.fit(PROMPTS);
    const again = await wordTable.restore(JSON.parse(JSON.stringify(encoder)));
    expect(await again.encode(['grey zombie'], 4)).toEqual(await encoder.encode(['grey zombie'], 4));
    await expect(wordTable.restore({ words: 'van' })).rejects.toThrow();
  });
});
