import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ErrorKind } from '../../protocol/errors.ts';
import { systemReason } from '../system-reason.ts';
import { decodeYaml } from './decode.ts';
import { rejectedDocument, type YamlDocument } from './document.ts';
import { MAX_FILE_BYTES } from './limits.ts';

/** Reads the document at a path. The editor's reader prefers unsaved documents to files. */
export type ReadDocument = (file: string) => Promise<YamlDocument>;

/**
 * Reads and parses a YAML file. It never throws: whatever is wrong is listed in the document's problems. Files larger than
 * `MAX_FILE_BYTES` and anything but regular files are not read.
 */
export async function readYaml(file: string): Promise<YamlDocument> {
  const unreadable = (message: string, remedy: string, kind: ErrorKind = 'unreadable') =>
    rejectedDocument(file, '', 0, 0, { kind, message, remedy });
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    // Non-blocking, so that opening a named pipe does not wait for a writer.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return unreadable(
      `The file cannot be opened: ${systemReason(error)}.`,
      'Check its path and permissions.',
    );
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return unreadable('This is not a regular file.', 'Give the path of a YAML file.');
    if (stat.size > MAX_FILE_BYTES) {
      return unreadable(
        `The file has ${stat.size} bytes; at most ${MAX_FILE_BYTES} are read.`,
        'Remove everything that is not configuration, or split the file.',
        'too-large',
      );
    }
    // The file may have grown since: a full buffer is not the end, and one byte more than allowed shows that it is too long.
    let buffer = Buffer.alloc(stat.size + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length > MAX_FILE_BYTES) break;
      if (length === buffer.length) buffer = Buffer.concat([buffer], MAX_FILE_BYTES + 1);
    }
    return decodeYaml(file, buffer.subarray(0, length));
  } catch (error) {
    return unreadable(
      `The file cannot be read: ${systemReason(error)}.`,
      'Check its permissions and the disk.',
    );
  } finally {
    await handle.close();
  }
}
