// Loaded before Medusa: ends it when whoever started it is gone, however that came about.
if (process.env.BACKHAUL_LEASH) {
  process.stdin.on("end", () => process.exit(1)).on("error", () => process.exit(1))
  process.stdin.resume()
  process.stdin.unref?.()
}
