const numbers = new Intl.NumberFormat('en-US');

/** A duration in words: "2 min 10 s", "3 min" from five minutes on, "45 s". */
export function inWords(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds >= 300) return `${Math.round(seconds / 60)} min`;
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Progress of a suite, computed from the events that it reports. Times are milliseconds of one monotonic clock. */
export class Progress {
  #name;
  #remembered;
  #startedAt;
  #planned = {};
  /** For each file: its tests so far, their milliseconds, and when it was opened and closed. */
  #files = new Map();
  /** For each file: the running tests with their start times. */
  #running = new Map();
  /** Result of every test by its id. */
  #results = new Map();
  #lastAt;
  #finished = false;

  /**
   * Starts without events.
   * @param {string} name of the suite
   * @param {import('./progress.d.mts').RememberedSuite | undefined} remembered its last complete run
   * @param {number} now
   */
  constructor(name, remembered, now) {
    this.#name = name;
    this.#remembered = remembered;
    this.#startedAt = now;
    this.#lastAt = now;
  }

  /** Number of tests passed and failed so far. */
  get counts() {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const { type } of this.#results.values()) counts[type]++;
    return counts;
  }

  /** Failed tests, oldest first. */
  get failures() {
    return [...this.#results.values()].filter(({ type }) => type === 'failed');
  }

  /** Whether the suite has reported its end. */
  get finished() {
    return this.#finished;
  }

  /** Milliseconds since the last event. */
  silence(now) {
    return now - this.#lastAt;
  }

  add(event, now) {
    this.#lastAt = now;
    if (event.type === 'planned') this.#planned = event;
    else if (event.type === 'finished') this.#finished = true;
    else this.#addOfFile(event, now);
  }

  #addOfFile(event, now) {
    const { type, file, title } = event;
    if (!this.#files.has(file)) {
      this.#files.set(file, { tests: 0, ms: 0, openedAt: now, closed: false });
      this.#running.set(file, new Map());
    }
    const state = this.#files.get(file);
    const running = this.#running.get(file);
    const id = event.id ?? `result ${this.#results.size}`;
    if (type === 'started') running.set(event.id ?? title, { title, at: now });
    if (type === 'closed') {
      state.closed = true;
      state.ms = now - state.openedAt;
      running.clear();
    }
    if (!['passed', 'failed', 'skipped'].includes(type)) return;
    running.delete(event.id ?? title);
    if (!this.#results.has(id)) state.tests++;
    this.#results.set(id, event);
  }

  /** The running tests, each as `file > title`; only the file if it is between two tests or before its first. */
  running(now) {
    const since = (at) => ` (for ${inWords(now - at)})`;
    return [...this.#files]
      .filter(([, { closed }]) => !closed)
      .flatMap(([file, { tests: done, openedAt }]) => {
        const running = [...this.#running.get(file).values()];
        if (running.length > 0) return running.map(({ title, at }) => `${file} > ${title}${since(at)}`);
        return [
          done === 0 ? `${file}, before its first test${since(openedAt)}` : `${file}, after ${done} tests`,
        ];
      });
  }

  /** Expected number of tests, based on the last run. */
  #expectedTests() {
    if (this.#planned.tests !== undefined) return this.#planned.tests;
    if (this.#remembered === undefined) return undefined;
    const { files } = this.#remembered;
    const names = new Set([...Object.keys(files), ...this.#files.keys()]);
    return sum(
      [...names].map((file) => {
        const { tests = 0, closed = false } = this.#files.get(file) ?? {};
        return closed ? tests : Math.max(tests, files[file]?.tests ?? 0);
      }),
    );
  }

  /** Completed share of the work, 0 to 1: by the durations of files in the last run, else by files, else by tests. */
  #share() {
    const { files: planned, tests: plannedTests } = this.#planned;
    if (this.#remembered !== undefined) {
      const { files } = this.#remembered;
      const all = sum(Object.values(files).map(({ ms }) => ms));
      const done = Object.entries(files).map(([file, { tests, ms }]) => {
        const now = this.#files.get(file);
        if (now === undefined) return 0;
        return now.closed ? ms : ms * Math.min(1, now.tests / Math.max(1, tests));
      });
      return all === 0 ? 0 : sum(done) / all;
    }
    if (planned) return [...this.#files.values()].filter(({ closed }) => closed).length / planned;
    return plannedTests ? this.#results.size / plannedTests : 0;
  }

  /** Estimated milliseconds left; undefined if there is no basis for an estimate. */
  left(now) {
    const share = Math.min(1, this.#share());
    const byMemory = this.#remembered && this.#remembered.seconds * 1000 * (1 - share);
    if (share < 0.03) return byMemory;
    const byPace = ((now - this.#startedAt) * (1 - share)) / share;
    return byMemory === undefined ? byPace : share * byPace + (1 - share) * byMemory;
  }

  /** A progress line: "unit: 412 of 1,941 tests, 2 min 10 s so far, about 3 min left". */
  line(now) {
    const { failed } = this.counts;
    const done = numbers.format(this.#results.size);
    const expected = this.#expectedTests();
    const closed = [...this.#files.values()].filter((file) => file.closed).length;
    const tests = expected === undefined ? `${done} tests` : `${done} of ${numbers.format(expected)} tests`;
    const files =
      expected === undefined && this.#planned.files ? `, ${closed} of ${this.#planned.files} files` : '';
    const wrong = failed > 0 ? `, ${failed} failed` : '';
    const left = this.left(now);
    const rest = left === undefined ? '' : `, about ${inWords(left)} left`;
    return `${this.#name}: ${tests}${files}${wrong}, ${inWords(now - this.#startedAt)} so far${rest}`;
  }

  /** What to remember for the next run. */
  toRemember(now) {
    return {
      seconds: Math.round((now - this.#startedAt) / 1000),
      files: Object.fromEntries(
        [...this.#files].map(([file, { tests, ms }]) => [file, { tests, ms: Math.round(ms) }]),
      ),
    };
  }
}
