/** Reads a QR code with the camera, where the browser can do that by itself. */
import { useEffect, useRef, useState } from "react";
import { Button } from "./button.js";
import { useWords } from "./words.js";

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
type DetectorClass = new (options: { formats: readonly string[] }) => Detector;

const detectorClass = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;

export const canScan = (): boolean => detectorClass !== undefined && isSecureContext;

export function Scan({ onText }: { onText: (text: string) => void }) {
  const { booth } = useWords();
  const [on, setOn] = useState(false);
  const [failed, setFailed] = useState(false);
  if (!canScan()) return null;
  return (
    <div className="scan">
      <Button onPress={() => setOn(!on)}>{on ? booth.stopScan : booth.scan}</Button>
      {failed ? <p role="status">{booth.scanFailed}</p> : null}
      {on ? (
        <Camera
          onText={(text) => {
            setOn(false);
            onText(text);
          }}
          onFailure={() => {
            setOn(false);
            setFailed(true);
          }}
        />
      ) : null}
    </div>
  );
}

const pauseMs = 250;

function Camera(props: { onText: (text: string) => void; onFailure: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    let stream: MediaStream | undefined;
    let stopped = false;
    const run = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const screen = video.current;
      if (screen === null || detectorClass === undefined) return;
      screen.srcObject = stream;
      await screen.play();
      const detector = new detectorClass({ formats: ["qr_code"] });
      while (!stopped) {
        const [found] = await detector.detect(screen);
        if (found !== undefined) return latest.current.onText(found.rawValue);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    };
    run().catch(() => latest.current.onFailure());
    return () => {
      stopped = true;
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, []);
  return <video ref={video} muted playsInline />;
}
