import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyExampleProject } from '../../scripts/example-project.mjs';

/** A fresh copy of the example project; it goes with the test run's temporary folder. */
export function temporaryExampleProject(): string {
  const project = join(mkdtempSync(join(tmpdir(), 'project-')), 'quickstart');
  copyExampleProject(project);
  return project;
}
