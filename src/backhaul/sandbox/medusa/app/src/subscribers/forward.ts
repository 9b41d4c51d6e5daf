// Tells Backhaul what happened in this shop: Medusa has no outgoing webhooks of its own.
//
// To install it, copy this file to `src/subscribers/` of your Medusa project, set two variables in its environment and
// start it again:
//
//   BACKHAUL_WEBHOOK_URL     where to post, as Backhaul shows it for the connection
//   BACKHAUL_WEBHOOK_SECRET  a long random string, the same as in Backhaul's connection
//
// Each event is one POST with the body {"name", "data", "metadata", "sent_at"} and the headers
//
//   X-Backhaul-Signature     hex HMAC-SHA256 of the raw body under the secret
//   X-Backhaul-Delivery      names this delivery; a repeated attempt carries the same name and the same body
//
// `data` carries ids only: what they stand for is read over the API. The order of arrival is not assured, and what
// could not be delivered in about half a minute is given up and logged: Backhaul looks for itself as well.
import { createHmac, randomUUID } from "node:crypto"
import { setTimeout as pause } from "node:timers/promises"
import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"

const PAUSES_MS = [500, 2_000, 8_000, 20_000]
const ATTEMPT_MS = 10_000

export default async function forward({ event, container }: SubscriberArgs<Record<string, unknown>>): Promise<void> {
  const url = process.env.BACKHAUL_WEBHOOK_URL
  const secret = process.env.BACKHAUL_WEBHOOK_SECRET
  if (!url) return
  const logger = container.resolve("logger")
  if (!secret) {
    logger.error("BACKHAUL_WEBHOOK_SECRET is not set: nothing is forwarded to Backhaul")
    return
  }
  const body = JSON.stringify({
    name: event.name,
    data: event.data,
    metadata: event.metadata,
    sent_at: new Date().toISOString(),
  })
  const headers = {
    "content-type": "application/json",
    "x-backhaul-signature": createHmac("sha256", secret).update(body).digest("hex"),
    "x-backhaul-delivery": randomUUID(),
  }
  for (let attempt = 0; ; attempt++) {
    const failure = await post(url, headers, body)
    if (!failure) return
    if (!failure.passing || attempt >= PAUSES_MS.length) {
      logger.error(`Backhaul was not told of ${event.name} (${headers["x-backhaul-delivery"]}): ${failure.what}`)
      return
    }
    await pause(PAUSES_MS[attempt])
  }
}

// What went wrong, and whether it may pass: a refusal of what we sent does not, however often it is sent.
type Failure = { what: string; passing: boolean }

async function post(url: string, headers: Record<string, string>, body: string): Promise<Failure | undefined> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "error", // whoever is pointed to was not named by the merchant
      signal: AbortSignal.timeout(ATTEMPT_MS),
    })
    await answer.body?.cancel()
    if (answer.ok) return undefined
    const passing = answer.status >= 500 || [408, 409, 425, 429].includes(answer.status)
    return { what: `it answered ${answer.status}`, passing }
  } catch (error) {
    return { what: (error as Error).message, passing: true }
  }
}

export const config: SubscriberConfig = {
  event: [
    "order.placed",
    "order.updated",
    "order.completed",
    "order.canceled",
    "order.fulfillment_created",
    "order.fulfillment_canceled",
    "shipment.created",
    "delivery.created",
    "order.return_requested",
    "order.return_received",
    "order.exchange_created",
    "order.claim_created",
    "order-edit.confirmed",
    "payment.captured",
    "payment.refunded",
  ],
  context: { subscriberId: "backhaul-forward" },
}
