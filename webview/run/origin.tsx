import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type RunOrigin, runView } from '../../src/protocol/webview/run.ts';
import { Notice } from '../components/pending.tsx';
import { Button } from '../components/toolkit.tsx';
import { useAsk } from './use-ask.ts';

/** What the run was started with, collapsed at first: config, options, seed and versions. */
export function Origin({ origin }: { origin: RunOrigin }): JSX.Element {
  const { failure, ask } = useAsk();
  const [copied, setCopied] = useState(false);
  const versions = Object.entries(origin.versions).map(([name, version]) => `${name} ${version}`);
  return (
    <section aria-labelledby="origin-title">
      <details class="origin">
        <summary>
          <h2 id="origin-title">{l10n.t('Resolved config')}</h2>
        </summary>
        <p class="muted">{l10n.t('Seed {0}; {1}', origin.seed, versions.join(', '))}</p>
        {origin.options !== '' && (
          <>
            <h3>{l10n.t('Options')}</h3>
            <pre class="yaml">{origin.options}</pre>
          </>
        )}
        <div class="section-head origin-head">
          <h3>{l10n.t('Training config with every default')}</h3>
          <Button onClick={async () => setCopied(await ask(runView.copyConfig, undefined))}>
            {l10n.t('Copy config')}
          </Button>
        </div>
        <span class="muted" role="status">
          {copied && l10n.t('Copied as YAML.')}
        </span>
        {failure !== undefined && <Notice kind="error">{failure}</Notice>}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <section class="yaml-scroll" tabIndex={0} aria-label={l10n.t('Training config as YAML')}>
          <pre class="yaml">{origin.config}</pre>
        </section>
      </details>
    </section>
  );
}
