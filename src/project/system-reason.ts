const SYSTEM_REASONS: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ERR_FS_EISDIR: 'it is a folder',
  ENXIO: 'it is not a regular file',
  ENOTDIR: 'a part of its path is not a folder',
  ELOOP: 'its symbolic links form a circle',
  ENAMETOOLONG: 'its path is too long',
  EMFILE: 'too many files are open',
  EEXIST: 'something else has that name',
  EROFS: 'it is on a read-only file system',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
};

/** Why the file system refused, in words that follow a colon: without a capital letter or a period. */
export function systemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code && SYSTEM_REASONS[code]) ?? message.replace(/\.$/, '');
}
