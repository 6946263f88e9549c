import { board } from "./de/board.js";
import { ceremony } from "./de/ceremony.js";
import { console } from "./de/console.js";
import { desk } from "./de/desk.js";
import { letters } from "./de/letters.js";
import { office } from "./de/office.js";
import { people } from "./de/people.js";
import type { Rooms } from "./en-rooms.js";

export const deRooms: Rooms = { console, office, letters, people, desk, ceremony, board };
