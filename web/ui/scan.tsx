/** Reads a QR code with the camera. */
import { useEffect, useRef, useState } from "react";
import { Button } from "./button.js";
import { qrReader } from "./qr-reader.js";
import { useWords } from "./words.js";

/** Browsers give the camera to pages with TLS only. */
export const canScan = (): boolean => isSecureContext && navigator.mediaDevices !== undefined;

export function Scan({ onText }: { onText: (text: string) => void }) {
  const { booth } = useWords();
  const [on, setOn] = useState(false);
  const [failed, setFailed] = useState(false);
  if (!canScan()) return null;
  return (
    <div className="scan">
      <Button
        onPress={() => {
          setOn(!on);
          setFailed(false);
        }}
      >
        {on ? booth.stopScan : booth.scan}
      </Button>
      <p role="status">{failed ? booth.scanFailed : on ? booth.scanHint : ""}</p>
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

const pauseMs = 150;

/** Dense codes need a sharp picture; a camera gives what it has. */
const wanted: MediaStreamConstraints = {
  video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 960 } },
};

function Camera(props: { onText: (text: string) => void; onFailure: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    let stream: MediaStream | undefined;
    let stopped = false;
    const release = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    const run = async () => {
      stream = await navigator.mediaDevices.getUserMedia(wanted);
      const read = await qrReader();
      const screen = video.current;
      // Leaving while the person was still asked for the camera.
      if (stopped || screen === null) return release();
      screen.srcObject = stream;
      await screen.play();
      while (!stopped) {
        const text = await read(screen);
        if (text !== undefined && !stopped) return latest.current.onText(text);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    };
    run().catch(() => {
      release();
      if (!stopped) latest.current.onFailure();
    });
    return () => {
      stopped = true;
      release();
    };
  }, []);
  return <video ref={video} muted playsInline />;
}
