import { beforeAll, describe, expect, it } from 'vitest';

describe('a color', () => {
  it('is named', () => expect('red').toBe('red'));
  it('is mixed', () => expect('green').toBe('yellow'));
  it.skip('is painted', () => {});
});

describe('a shape', () => {
  beforeAll(() => {
    throw new Error('there is no paper');
  });
  it('is drawn', () => expect('circle').toBe('circle'));
});
