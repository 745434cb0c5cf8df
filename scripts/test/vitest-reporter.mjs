import { relative } from 'node:path';
import { DefaultReporter } from 'vitest/node';
import { repository } from '../setup/paths.mjs';
import { errorText, eventsVariable, writeEvent } from './events.mjs';

const fileOf = ({ moduleId }) => relative(repository, moduleId);
/** Prints what Vitest prints, without a summary that is redrawn, and reports every result as it arrives. */
export default class VitestReporter extends DefaultReporter {
  #report = (event) => writeEvent(process.env[eventsVariable], event);

  constructor() {
    super({ summary: false });
  }

  onTestRunStart(specifications) {
    this.#report({ type: 'planned', files: specifications.length });
    super.onTestRunStart(specifications);
  }

  onTestCaseResult(test) {
    super.onTestCaseResult(test);
    const file = fileOf(test.module);
    const { state, errors } = test.result();
    const event = { type: state, id: test.id, file, title: test.fullName };
    if (state === 'failed') this.#report({ ...event, error: errorText(errors) });
    else this.#report(event);
  }

  onTestModuleEnd(module) {
    super.onTestModuleEnd(module);
    const file = fileOf(module);
    // A file that cannot be loaded, or hooks that failed: their tests count as skipped.
    const broken = [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0);
    for (const part of broken) {
      const title = part === module ? 'the file itself' : `${part.fullName}, set-up`;
      this.#report({ type: 'failed', file, title, error: errorText(part.errors()) });
    }
    this.#report({ type: 'closed', file });
  }

  onTestRunEnd(modules, errors, reason) {
    super.onTestRunEnd(modules, errors, reason);
    this.#report({ type: 'finished' });
  }
}
