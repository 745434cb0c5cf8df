/** Language ids of the two kinds of file (package.json, contributes.languages). */
export const LANGUAGE_IDS = ['dnw-concept', 'dnw-training'] as const;
export type LanguageId = (typeof LANGUAGE_IDS)[number];

export function isLanguageId(id: string): id is LanguageId {
  return (LANGUAGE_IDS as readonly string[]).includes(id);
}
