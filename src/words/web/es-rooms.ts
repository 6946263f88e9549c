import type { Rooms } from "./en-rooms.js";
import { board } from "./es/board.js";
import { ceremony } from "./es/ceremony.js";
import { console } from "./es/console.js";
import { desk } from "./es/desk.js";
import { letters } from "./es/letters.js";
import { office } from "./es/office.js";
import { people } from "./es/people.js";

export const esRooms: Rooms = { console, office, letters, people, desk, ceremony, board };
