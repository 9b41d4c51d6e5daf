// Loaded before Medusa: ends it, and the PostgreSQL it was given, when whoever started both is gone, however that came
// about. The leash is a pipe that only they hold open; BACKHAUL_LEASH is PostgreSQL's process id.
if (process.env.BACKHAUL_LEASH) {
  const gone = () => {
    try {
      process.kill(Number(process.env.BACKHAUL_LEASH), "SIGINT")
    } catch {
      // It ended before us.
    }
    process.exit(1)
  }
  process.stdin.on("end", gone).on("error", gone)
  process.stdin.resume()
  process.stdin.unref?.()
}
