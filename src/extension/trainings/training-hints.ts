import * as vscode from 'vscode';
import type { LoadedTraining, Project } from '../../project/load.ts';
import type { YamlDocument } from '../../project/yaml/document.ts';
import type { KeyPath } from '../../project/yaml/key-path.ts';
import type { NetworkSizes } from '../../protocol/network-sizes.ts';
import { formatDuration } from '../duration.ts';
import { hintPosition } from '../language/hint-position.ts';
import type { Services } from '../services.ts';
import { estimateTime, TIMED } from './time-estimate.ts';

/**
 * Inlay hints in a training config: how large its networks are, as counted by the engine, and how long its stages will
 * take on this device, judging by earlier runs. Hints that need only the files come from the language server.
 */
export class TrainingHints implements vscode.InlayHintsProvider {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeInlayHints = this.changed.event;
  /** Sizes by the text that they were counted from; one entry for each open file. */
  private readonly sizes = new Map<string, { key: string; sizes: Promise<NetworkSizes | undefined> }>();

  constructor(private readonly services: Services) {
    services.projects.onDidChange(() => this.changed.fire());
    services.runs.onDidChange((changes) => {
      // Only a run that has ended tells how long it took.
      if (changes.some(({ run, before }) => run.state !== before)) this.changed.fire();
    });
  }

  async provideInlayHints(
    document: vscode.TextDocument,
    range: vscode.Range,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlayHint[]> {
    // Sizes and plans belong to the file on disk.
    if (document.isDirty) return [];
    const { fsPath } = document.uri;
    const { parseYaml } = await import('../../project/yaml/parse.ts');
    for (const project of this.services.projects.projects) {
      const training = project.trainings.find(({ path }) => path === fsPath);
      if (training === undefined) continue;
      const yaml = parseYaml(fsPath, document.getText());
      const times = this.timeHints(yaml, project, training);
      const sizes = await this.sizesOf(project, training);
      if (token.isCancellationRequested) return [];
      return [...times, ...(sizes ? sizeHints(yaml, sizes) : [])].filter(({ position }) =>
        range.contains(position),
      );
    }
    return [];
  }

  private timeHints(yaml: YamlDocument, project: Project, training: LoadedTraining): vscode.InlayHint[] {
    return TIMED.flatMap((timed) => {
      const path = [timed.section, 'steps'];
      const estimate = estimateTime(project, training, timed, this.services.runs.runs);
      if (estimate === undefined || !yaml.has(path)) return [];
      const { seconds, steps, secondsPerStep, device, run } = estimate;
      const milliseconds = Number((1000 * secondsPerStep).toPrecision(2));
      return hint(
        yaml,
        path,
        vscode.l10n.t('≈ {0} on {1}', formatDuration(seconds), device),
        vscode.l10n.t(
          '{0} steps at {1} ms each, as measured in run {2} on {3}.',
          steps,
          milliseconds,
          run.id,
          device,
        ),
      );
    });
  }

  private sizesOf(project: Project, training: LoadedTraining): Promise<NetworkSizes | undefined> {
    const key = JSON.stringify([training.config, project.concepts.map(({ prompt, tags }) => [prompt, tags])]);
    const known = this.sizes.get(training.path);
    if (known?.key === key) return known.sizes;
    const sizes = this.services.engine.requests
      .request('sizes', { project: project.folder, training: training.name })
      // Diagnostics and stages report sizes that do not fit each other; a hint need not.
      .catch(() => undefined);
    this.sizes.set(training.path, { key, sizes });
    return sizes;
  }
}

function sizeHints(yaml: YamlDocument, sizes: NetworkSizes): vscode.InlayHint[] {
  const { l10n } = vscode;
  const counted = (value: number) => value.toLocaleString('en');
  const facts: [KeyPath, string, string][] = [
    [
      ['generator'],
      l10n.t('{0} parameters', counted(sizes.generator)),
      l10n.t('Parameters of the generator, without LoRA.'),
    ],
    [
      ['discriminator'],
      l10n.t('{0} parameters', counted(sizes.discriminator)),
      l10n.t('Parameters of the discriminator.'),
    ],
    [
      ['lora'],
      l10n.t('{0} trained values', counted(sizes.lora)),
      l10n.t('Trained values per concept, which the weight generator denoises.'),
    ],
    [
      ['weightGenerator'],
      l10n.t('{0} blocks, {1} parameters', counted(sizes.blocks), counted(sizes.denoiser)),
      l10n.t(
        'A network with {2} parameters denoises {0} blocks of {1} values.',
        counted(sizes.blocks),
        counted(sizes.blockSize),
        counted(sizes.denoiser),
      ),
    ],
  ];
  return facts.flatMap(([path, text, detail]) => (yaml.has(path) ? hint(yaml, path, text, detail) : []));
}

function hint(yaml: YamlDocument, path: KeyPath, text: string, detail: string): vscode.InlayHint {
  const { line, character } = hintPosition(yaml, path);
  const made = new vscode.InlayHint(new vscode.Position(line, character), text, vscode.InlayHintKind.Type);
  made.tooltip = detail;
  made.paddingLeft = true;
  return made;
}
