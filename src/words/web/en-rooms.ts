/** English words of the console, the ceremony and the board. */
import { board } from "./en/board.js";
import { ceremony } from "./en/ceremony.js";
import { console } from "./en/console.js";
import { desk } from "./en/desk.js";
import { letters } from "./en/letters.js";
import { office } from "./en/office.js";
import { people } from "./en/people.js";

export const enRooms = { console, office, letters, people, desk, ceremony, board };

export type Rooms = typeof enRooms;
