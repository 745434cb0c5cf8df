/** Answers whose texts are as harmful as the files of others can make them, and the way back. */

const ESCAPE = '\u001b[31m\u0007\u009b2J\r';
const DIRECTION = '\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069';
const UNSEEN = '\u0000\u00ad\u180e\u200b\u2060\ufeff\ufffb\u{e0041}\u2028';
const MARKUP = `"'><i class="intruder"></i><img class="intruder" src="x" onerror="intruded=1"><script>intruded=1</script>`;
const LONG = 'w'.repeat(3000);

export const HOSTILE = `${MARKUP}&lt;i${ESCAPE}${DIRECTION}${UNSEEN}${LONG}`;

/** Keys of what the program itself chooses, and of addresses of pictures. */
const OWN = /^(kind|state|stage|method|level|key|uri|dtype|unit|command|errorCode)$/;
/** Keys of tables whose names are the program's own. */
const OWN_NAMES = /^(quality)$/;

/** The same answer, whose texts and whose names in tables all end with HOSTILE. */
export function hostile(value: unknown, within = ''): unknown {
  return changed(value, (text) => text + HOSTILE, within);
}

/** What the page sends, with the texts that it was to keep exactly as they were. */
export function harmless(value: unknown): unknown {
  return changed(value, (text) => text.replaceAll(HOSTILE, ''), '');
}

function changed(value: unknown, change: (text: string) => string, within: string): unknown {
  if (typeof value === 'string') return OWN.test(within) ? value : change(value);
  if (Array.isArray(value)) return value.map((entry) => changed(entry, change, within));
  if (Object.prototype.toString.call(value) !== '[object Object]') return value;
  const foreign = within === 'metadata' || within === 'versions';
  return Object.fromEntries(
    Object.entries(value as object).map(([key, entry]) => [
      foreign ? change(key) : key,
      OWN_NAMES.test(key) ? entry : changed(entry, change, key),
    ]),
  );
}
