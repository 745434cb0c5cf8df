/** docs/troubleshooting.md, as scripts/write-troubleshooting.mjs writes it from the table of errors. */
import { ERRORS, type ErrorEntry } from './errors.ts';

/** Path of the page in the repository and in the installed extension. */
export const TROUBLESHOOTING_FILE = 'docs/troubleshooting.md';

/** Titles by the first code of each section. */
const SECTIONS: Readonly<Record<string, string>> = {
  'DNW-101': 'The command line, and what you name',
  'DNW-120': 'Concepts and training configs',
  'DNW-140': 'Images and pairs',
  'DNW-150': 'Weights',
  'DNW-170': 'Runs',
  'DNW-180': 'The machine',
};

const INTRODUCTION = `<!-- Written by scripts/write-troubleshooting.mjs from src/protocol/errors.ts. Do not edit. -->
# Troubleshooting

Every error that you can fix has a code in brackets at its end, such as [DNW-110]. The code stays the same from version to
version. On the command line, \`dnw explain DNW-110\` prints what this page says about it. In the editor, click the code in
the Problems view or in the view of a run.

Programs find the code in the field \`code\` of the last event of a failed run (\`dnw … --json\`, \`events.jsonl\`), of each
problem in \`dnw validate --json\`, and of \`error.data\` in the answers of \`dnw serve\`.
`;

/** The page as Markdown. */
export function troubleshootingPage(): string {
  return [INTRODUCTION, ...Object.values(ERRORS).flatMap(entryText)].join('\n');
}

/** The line of an entry's heading, counted from 1; undefined for a code that does not exist. */
export function troubleshootingLine(code: string): number | undefined {
  const line = troubleshootingPage().split('\n').indexOf(`### ${code}`);
  return line === -1 ? undefined : line + 1;
}

function entryText({ code, title, cause, remedy, example }: ErrorEntry): string[] {
  const section = SECTIONS[code];
  return [
    ...(section === undefined ? [] : [`## ${section}\n`]),
    `### ${code}\n`,
    `**${title}.**`,
    `${cause}\n`,
    `What to do: ${remedy}\n`,
    `\`\`\`text\n${example} [${code}]\n\`\`\`\n`,
  ];
}
