import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PageFacts } from '../../src/protocol/exported-page.ts';
import { inertLine } from '../../src/protocol/inert-text.ts';
import { About } from './about.tsx';
import { Comparison } from './comparison.tsx';
import type { Network } from './network.ts';
import { ChosenSettings, type SettingsForm, settingsOf } from './settings.tsx';
import { useTranslation } from './use-translation.ts';

/** What the file dialog offers. The browser decides what it can read. */
const ACCEPTED = 'image/png,image/jpeg,image/webp,image/avif,image/gif,image/bmp';

export function PageView(props: { facts: PageFacts; notices: string; network: Network }): JSX.Element {
  const { facts, notices, network } = props;
  const [form, setForm] = useState<SettingsForm>({ size: 'train', side: facts.scale, detail: false });
  const translation = useTranslation(network, facts);
  const { state } = translation;
  const change = (changed: SettingsForm) => {
    setForm(changed);
    const settings = settingsOf(changed);
    if (settings && state.picture) void translation.translate(state.picture, settings);
  };
  const open = (file: File | undefined) => {
    const settings = settingsOf(form);
    if (file && settings) void translation.open(file, settings);
  };
  return (
    <>
      <header>
        <h1>{inertLine(facts.concept)}</h1>
        <p class="prompt">{inertLine(facts.prompt)}</p>
      </header>
      <Chooser onFile={open} />
      <ChosenSettings form={form} facts={facts} onChange={change} />
      <p class="status" role="status">
        {state.doing}
      </p>
      {state.busy && (
        <div class="progress">
          <progress aria-label={l10n.t('Progress of the translation')} value={state.done} max={1} />
          {state.picture && (
            <button type="button" onClick={translation.stop}>
              {l10n.t('Stop')}
            </button>
          )}
        </div>
      )}
      {state.problem && (
        <p class="problem" role="alert">
          {state.problem}
        </p>
      )}
      {state.picture && state.result && (
        <Comparison concept={facts.concept} picture={state.picture} result={state.result} />
      )}
      <About facts={facts} notices={notices} />
    </>
  );
}

/** Takes a picture by a button, from the clipboard, or dropped anywhere on the page. */
function Chooser(props: { onFile: (file: File | undefined) => void }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const { onFile } = props;
  // The handlers of the document always call the newest function.
  const newest = useRef(onFile);
  newest.current = onFile;
  useEffect(() => {
    const dropped = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      newest.current(event.dataTransfer?.files[0]);
    };
    const dragged = (event: DragEvent) => {
      event.preventDefault();
      setOver(true);
    };
    const left = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const pasted = ({ clipboardData }: ClipboardEvent) => newest.current(clipboardData?.files[0]);
    document.addEventListener('drop', dropped);
    document.addEventListener('dragover', dragged);
    document.addEventListener('dragleave', left);
    document.addEventListener('paste', pasted);
    return () => {
      document.removeEventListener('drop', dropped);
      document.removeEventListener('dragover', dragged);
      document.removeEventListener('dragleave', left);
      document.removeEventListener('paste', pasted);
    };
  }, []);
  return (
    <div class={over ? 'chooser over' : 'chooser'}>
      <button type="button" onClick={() => input.current?.click()}>
        {l10n.t('Choose a picture…')}
      </button>
      <span>{l10n.t('or drop one here, or paste it')}</span>
      <input
        ref={input}
        type="file"
        hidden
        accept={ACCEPTED}
        onChange={({ currentTarget }) => {
          onFile(currentTarget.files?.[0]);
          // The same file again is a change as well.
          currentTarget.value = '';
        }}
      />
    </div>
  );
}
