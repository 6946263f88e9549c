/** Words of the rooms that voters need not load: console, ceremony, board. One chunk for each language. */
import { createContext, type ReactNode, use, useContext, useMemo } from "react";
import type { Words } from "#words/web/en.js";
import type { Rooms } from "#words/web/en-rooms.js";
import { lateWords } from "./late-words.js";
import { useLanguage, useWords } from "./words.js";

const roomsIn = lateWords<Rooms>({
  en: async () => (await import("#words/web/en-rooms.js")).enRooms,
  de: async () => (await import("#words/web/de-rooms.js")).deRooms,
  fr: async () => (await import("#words/web/fr-rooms.js")).frRooms,
  es: async () => (await import("#words/web/es-rooms.js")).esRooms,
  ar: async () => (await import("#words/web/ar-rooms.js")).arRooms,
});

const RoomContext = createContext<(Words & Rooms) | undefined>(undefined);

/** Suspends until the rooms' words of the chosen language are there. */
export function RoomWords({ children }: { children: ReactNode }) {
  const { language } = useLanguage();
  const words = useWords();
  const rooms = use(roomsIn(language));
  const all = useMemo(() => ({ ...words, ...rooms }), [words, rooms]);
  return <RoomContext value={all}>{children}</RoomContext>;
}

/** All words, in the rooms that have them. */
export function useRoomWords(): Words & Rooms {
  const words = useContext(RoomContext);
  if (words === undefined) throw new Error("useRoomWords outside of RoomWords");
  return words;
}
