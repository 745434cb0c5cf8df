import { describe, expect, it } from 'vitest';
import { describeError } from '../../src/engine/exit-codes.ts';
import { ERRORS } from '../../src/protocol/errors.ts';

const failure = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: write`), { code, syscall: 'write', ...(path ? { path } : {}) });

describe('describeError', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EEXIST'])(
    'says what to do about %s, with and without the name of a file',
    (code) => {
      expect(describeError(failure(code, '/m/runs/r/checkpoint.safetensors')).message).toMatch(
        /^\/m\/runs\/r\/checkpoint\.safetensors: [a-z].*\. [A-Z]/,
      );
      // Errors of an open file do not name it.
      expect(describeError(failure(code)).message).toMatch(/^A file or pipe: [a-z].*\. [A-Z]/);
    },
  );

  it('says that a full disk is full, and that a run can go on', () => {
    const { code } = ERRORS['disk-full'];
    expect(describeError(failure('ENOSPC'), { inRun: true })).toEqual({
      message:
        'A file or pipe: no space is left on the disk. Free some space; to continue the run, use --resume.',
      code,
    });
    expect(describeError(failure('ENOSPC'))).toEqual({
      message: 'A file or pipe: no space is left on the disk. Free some space, and try again.',
      code,
    });
  });

  it('shows the stack of a bug', () => {
    expect(describeError(new TypeError('x is not a function')).message).toMatch(
      /^Unexpected error, please report it: TypeError: x is not a function\n\s+at /,
    );
  });
});
