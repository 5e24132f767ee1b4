// A broken invariant ends a broker's process as an unhandled rejection; in a simulation it is what the run has found.

/** Tells `heard` of rejections that nobody handles, until the returned function is called. Nobody else hears of them meanwhile. */
export function hearUnhandled(heard: (reason: unknown) => void): () => void {
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", heard);
  return () => {
    process.removeListener("unhandledRejection", heard);
    for (const other of others) process.on("unhandledRejection", other);
  };
}
