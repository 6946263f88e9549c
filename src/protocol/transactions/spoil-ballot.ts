/**
 * spoil-ballot: a test of the device instead of a cast. Checked exactly like a cast, uses the same counter and bars its
 * ciphertexts for ever; it is not counted. SPEC 3.7.15
 */
import { ballotKind } from "./cast-ballot.js";

export const spoilBallot = ballotKind("spoil-ballot", (effects, tx, position) => {
  effects.setPosition(tx.body.uuid, { ...position, sequence: tx.body.sequence });
  effects.countSpoiled(tx.body.uuid);
});
