import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type RunArtifact, runView } from '../../src/protocol/webview/run.ts';
import { Notice } from '../components/pending.tsx';
import { Button } from '../components/toolkit.tsx';
import { messageOf, request } from '../host/connection.ts';

/** Files by folder, in the order in which the run wrote them; a file written twice counts once. */
function byFolder(artifacts: readonly RunArtifact[]): Map<string, Map<string, RunArtifact>> {
  const folders = new Map<string, Map<string, RunArtifact>>();
  for (const artifact of artifacts) {
    const folder = artifact.file.slice(0, artifact.file.lastIndexOf('/') + 1);
    const files = folders.get(folder) ?? new Map<string, RunArtifact>();
    folders.set(folder, files.set(artifact.file, artifact));
  }
  return folders;
}

function FileList(props: {
  files: Iterable<RunArtifact>;
  onOpen: (artifact: RunArtifact) => void;
}): JSX.Element {
  return (
    <ul class="artifacts">
      {Array.from(props.files, (artifact) => (
        <li key={artifact.file}>
          <Button
            onClick={() => props.onOpen(artifact)}
            label={l10n.t('Open {0} {1}', artifact.kind, artifact.file)}
          >
            {artifact.kind}
          </Button>{' '}
          <code>{artifact.file}</code>
        </li>
      ))}
    </ul>
  );
}

/** The files that the run wrote outside its folder. A folder of many files takes one line until it is opened. */
export function Artifacts({ artifacts }: { artifacts: readonly RunArtifact[] }): JSX.Element | null {
  const [failure, setFailure] = useState<string>();
  if (artifacts.length === 0) return null;
  const open = (artifact: RunArtifact) => {
    setFailure(undefined);
    request(runView.openArtifact, artifact).catch((error) => setFailure(messageOf(error)));
  };
  return (
    <section aria-labelledby="artifacts-title">
      <h2 id="artifacts-title">{l10n.t('Files written by this run')}</h2>
      {failure !== undefined && <Notice kind="error">{failure}</Notice>}
      {Array.from(byFolder(artifacts), ([folder, files]) =>
        files.size === 1 ? (
          <FileList key={folder} files={files.values()} onOpen={open} />
        ) : (
          <details key={folder} class="artifact-folder">
            <summary>
              <code>{folder === '' ? './' : folder}</code>{' '}
              <span class="muted">{l10n.t('{0} files', files.size)}</span>
            </summary>
            <FileList files={files.values()} onOpen={open} />
          </details>
        ),
      )}
    </section>
  );
}
