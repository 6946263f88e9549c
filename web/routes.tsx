/** Path -> page. Each room of the web is loaded when somebody goes there, as a chunk of its own. */
import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";
import { Frame } from "./ui/frame.js";
import { HttpProvider } from "./ui/http.js";
import { Loading } from "./ui/loading.js";
import { NotFound } from "./ui/not-found.js";
import { RoomWords } from "./ui/room-words.js";
import { Trouble } from "./ui/trouble.js";

const board = async () => ({ default: (await import("./board/pages.js")).BoardPages });
const booth = async () => ({ default: (await import("./booth/pages.js")).BoothPages });
const identity = async () => ({ default: (await import("./identity/pages.js")).IdentityPages });
const office = async () => ({ default: (await import("./console/pages.js")).ConsolePages });
const ceremony = async () => ({ default: (await import("./ceremony/pages.js")).CeremonyPages });

const BoardPages = lazy(board);
const BoothPages = lazy(booth);
const IdentityPages = lazy(identity);
const ConsolePages = lazy(office);
const CeremonyPages = lazy(ceremony);

/** First part of the path -> the room that has its pages. */
const boardPaths = /^\/(board|verify|practice)?(\/|$)/;
const identityPaths = /^\/(join|confirm|key|sign-in|me)(\/|$)/;
const boothPaths = /^\/(booth|my-vote)(\/|$)/;
const consolePaths = /^\/(setup|console)(\/|$)/;
const ceremonyPaths = /^\/(trustee|ceremony)(\/|$)/;

const rooms: readonly (readonly [RegExp, () => Promise<unknown>])[] = [
  [identityPaths, identity],
  [boothPaths, booth],
  [consolePaths, office],
  [ceremonyPaths, ceremony],
  [boardPaths, board],
];

/** Loads the room of a path, so that it can be drawn at once. That it failed is told where it is drawn. */
export async function roomLoaded(path: string): Promise<void> {
  await rooms
    .find(([paths]) => paths.test(path))?.[1]()
    .catch(() => undefined);
}

export function App() {
  return (
    <HttpProvider>
      <Frame>
        <Trouble>
          <Suspense fallback={<Loading />}>
            <Switch>
              <Route path={identityPaths}>
                <IdentityPages />
              </Route>
              <Route path={boothPaths}>
                <BoothPages />
              </Route>
              <Route path={consolePaths}>
                <RoomWords>
                  <ConsolePages />
                </RoomWords>
              </Route>
              <Route path={ceremonyPaths}>
                <RoomWords>
                  <CeremonyPages />
                </RoomWords>
              </Route>
              <Route path={boardPaths}>
                <RoomWords>
                  <BoardPages />
                </RoomWords>
              </Route>
              <Route>
                <NotFound />
              </Route>
            </Switch>
          </Suspense>
        </Trouble>
      </Frame>
    </HttpProvider>
  );
}
