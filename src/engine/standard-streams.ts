import { systemReason } from '../project/system-reason.ts';
import { inertText } from '../protocol/inert-text.ts';
import { EXIT } from './exit-codes.ts';

/**
 * Lets the process go on when what it prints cannot be written: a closed reader (`dnw runs | head`) or a full disk
 * under a redirected output is no reason to end a run that takes hours and keeps its results in a folder. If standard
 * output is lost for another reason than a closed reader, standard error says so once, and the exit code is 1.
 */
export function surviveLostOutput(): void {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    // To a file, Node writes synchronously and throws from here instead of calling back.
    const write = stream._write.bind(stream);
    stream._write = (chunk, encoding, callback) => {
      try {
        write(chunk, encoding, callback);
      } catch (error) {
        callback(error as Error);
      }
    };
  }
  // If standard error fails too, there is nowhere left to report it.
  stderr.on('error', () => {});
  let lost = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || lost) return;
    lost = true;
    const reason = systemReason(error);
    stderr.write(inertText(`Standard output cannot be written: ${reason}. The output is incomplete.\n`));
    process.once('exit', () => {
      if (process.exitCode === EXIT.ok) process.exitCode = EXIT.failed;
    });
  });
}
