/** What comes over the websocket, and which part of the store it goes to. */
import { Socket, socketUrl } from "@/api/socket";
import type { ServerEvent } from "@/api/types";
import { assertNever } from "@/store/assert";
import { loadCatalogue } from "@/store/catalogue";
import { compileAgain } from "@/store/compile";
import { onConnected, setConnection, setWorker } from "@/store/connection";
import { setDownload } from "@/store/downloads";
import { receivePreview } from "@/store/previews";
import { resync, setOrder } from "@/store/queue";
import { receive } from "@/store/records";
import { loadSystem } from "@/store/system";

/** Connects, and brings the store up to date each time the connection stands again. Returns the way to stop. */
export function startLive(): () => void {
  const stop = onConnected(() => {
    void resync();
    void loadSystem();
    void loadCatalogue();
    compileAgain();
  });
  const socket = new Socket(socketUrl(location), {
    onState: setConnection,
    onEvents: (events) => events.forEach(route),
    onPreview: receivePreview,
  });
  return () => {
    stop();
    socket.close();
  };
}

function route(event: ServerEvent): void {
  switch (event.kind) {
    case "worker_changed":
      return setWorker(event);
    case "download_progress":
      return setDownload(event);
    case "catalogue_changed":
      void loadCatalogue();
      return compileAgain();
    case "queue_changed":
      return setOrder(event.runs);
    case "run_queued":
    case "run_started":
    case "node_started":
    case "node_progress":
    case "node_log":
    case "node_finished":
    case "node_failed":
    case "node_skipped":
    case "run_finished":
      return receive(event);
    default:
      return assertNever(event);
  }
}
