import { createHash } from 'node:crypto';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inputHashes } from '../../src/engine/input-hashes.ts';
import { loadProject } from '../../src/project/load.ts';
import { makeProject } from './example-project.ts';

describe('the feature network', () => {
  async function projectWithNetwork() {
    const folder = await makeProject();
    const network = join(folder, 'features.onnx');
    writeFileSync(network, 'a network');
    appendFileSync(
      join(folder, 'tiny.training.yaml'),
      'evaluate: { featureNetwork: { file: features.onnx } }\n',
    );
    const project = await loadProject(folder);
    return { project, training: project.trainings[0]!, network };
  }

  test.each(['evaluate', 'quickstart'] as const)('is an input of %s: its bytes', async (stage) => {
    const { project, training, network } = await projectWithNetwork();
    const hash = async () => (await inputHashes(stage, project, training))['feature-network'];
    expect(await hash()).toBe(createHash('sha256').update('a network').digest('hex'));
    writeFileSync(network, 'another network');
    expect(await hash()).toBe(createHash('sha256').update('another network').digest('hex'));
    rmSync(network);
    expect(await hash()).toBeUndefined();
  });

  test('is no input of stages that do not measure with it', async () => {
    const { project, training } = await projectWithNetwork();
    const hashes = await inputHashes('fine-tune', project, training);
    expect(Object.keys(hashes)).toEqual([]);
  });
});
