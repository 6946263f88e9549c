/** Every number that input may choose has a limit here, with its reason. Append; never raise one without a decision page. */

/** Questions in one election object: a ballot paper nobody could fill in is a mistake or an attack. */
export const MAX_QUESTIONS = 100;

/** Answers of one question. A ballot's size and checking time grow with it: about 20 ms per answer in the plain verifier. */
export const MAX_ANSWERS = 250;

/** Characters of any single text inside an election object (name, description, question, answer). */
export const MAX_ELECTION_STRING = 100_000;

/** Characters of a whole election object: 100 questions with some hundred candidates each still fit. */
export const MAX_ELECTION_TEXT = 4_000_000;

/** Characters of one canonical ballot: 2.7 kB for each answer of the largest permitted paper stays far below. */
export const MAX_BALLOT_TEXT = 4_000_000;

/** Characters of an election's uuid: Belenios makes 14 and demands at least 14; ids appear in every object and page address. */
export const MIN_UUID_LENGTH = 14;
export const MAX_UUID_LENGTH = 64;

/** Nesting of a JSON text: the deepest Belenios object needs 7; a reader that recurses must not be led to exhaust the stack. */
export const MAX_JSON_DEPTH = 32;

/** Characters of any JSON text whose caller sets no limit of its own: one object of an archive. */
export const MAX_JSON_TEXT = 128_000_000;

/** Trustees of one election, mandatory ones and members of threshold sets together: everyone checks the work of everyone. */
export const MAX_TRUSTEES = 100;

/** Characters of a trustee's public name. */
export const MAX_TRUSTEE_NAME = 1000;

/** Weight of all counted ballots together: the discrete logarithm at the end is searched up to it (row T-12). */
export const MAX_TOTAL_WEIGHT = 10_000_000;
