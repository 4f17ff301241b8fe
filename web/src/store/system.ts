/** The worker's state as it is now, for those who connect after its last event. */
import { api, ApiError, unwrap } from "@/api/client";
import { setWorker } from "@/store/connection";

export async function loadSystem(): Promise<void> {
  try {
    setWorker((await unwrap(api.GET("/api/system"))).worker);
  } catch (error) {
    // The next connection asks again.
    if (!(error instanceof ApiError)) throw error;
  }
}
