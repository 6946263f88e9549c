import { board } from "./ar/board.js";
import { ceremony } from "./ar/ceremony.js";
import { console } from "./ar/console.js";
import { desk } from "./ar/desk.js";
import { letters } from "./ar/letters.js";
import { office } from "./ar/office.js";
import { people } from "./ar/people.js";
import type { Rooms } from "./en-rooms.js";

export const arRooms: Rooms = { console, office, letters, people, desk, ceremony, board };
