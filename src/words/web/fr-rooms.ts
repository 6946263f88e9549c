import type { Rooms } from "./en-rooms.js";
import { board } from "./fr/board.js";
import { ceremony } from "./fr/ceremony.js";
import { console } from "./fr/console.js";
import { desk } from "./fr/desk.js";
import { letters } from "./fr/letters.js";
import { office } from "./fr/office.js";
import { people } from "./fr/people.js";

export const frRooms: Rooms = { console, office, letters, people, desk, ceremony, board };
