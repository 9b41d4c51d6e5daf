"""The operations that a connector sends, as the tests of the stand-in send them."""

ORDER = """
query OrderForReturn($id: ID!) {
  order(id: $id) {
    id name
    customId: metafield(namespace: "$app:returns", key: "exchange_key") { value }
    lineItems(first: 100) { nodes {
      id sku quantity refundableQuantity variant { id inventoryItem { id } requiresComponents }
      lineItemGroup { id title quantity variantId variantSku } } }
    returns(first: 50) { nodes { id name status createdAt returnLineItems(first: 50) { nodes {
      id quantity returnReasonNote processedQuantity unprocessedQuantity
      ... on ReturnLineItem { fulfillmentLineItem { id lineItem { id sku } } } } } } }
    refunds(first: 50) { id note createdAt totalRefundedSet { shopMoney { amount currencyCode } } }
    transactions(first: 50) { id kind status gateway amountSet { shopMoney { amount } } parentTransaction { id } }
  }
}"""
RETURNABLE = """
query Returnable($orderId: ID!) {
  returnableFulfillments(orderId: $orderId, first: 20) { nodes { id fulfillment { id location { id } }
    returnableFulfillmentLineItems(first: 100) { nodes {
      quantity fulfillmentLineItem { id quantity lineItem { id sku } } } } } }
}"""
REASONS = "query ReturnReasons { returnReasonDefinitions(first: 50) { nodes { id handle name } } }"
RETURN_CREATE = """
mutation ReturnCreate($returnInput: ReturnInput!) {
  returnCreate(returnInput: $returnInput) {
    return { id name status
      returnLineItems(first: 50) { nodes { id quantity ... on ReturnLineItem { fulfillmentLineItem { id } } } }
      exchangeLineItems(first: 20) { nodes { id quantity variantId } }
      reverseFulfillmentOrders(first: 10) { nodes { id status lineItems(first: 50) { nodes {
        id totalQuantity fulfillmentLineItem { id } } } } } }
    userErrors { field message code } }
}"""
RETURN_REQUEST = """
mutation ReturnRequest($input: ReturnRequestInput!) {
  returnRequest(input: $input) { return { id status } userErrors { field message code } } }"""
RETURN_APPROVE = """
mutation ReturnApprove($input: ReturnApproveRequestInput!) {
  returnApproveRequest(input: $input) { return { id status } userErrors { field message code } } }"""
REVERSE_DELIVERY = """
mutation ReverseDelivery($rfo: ID!, $lines: [ReverseDeliveryLineItemInput!]!,
    $tracking: ReverseDeliveryTrackingInput, $label: ReverseDeliveryLabelInput) {
  reverseDeliveryCreateWithShipping(reverseFulfillmentOrderId: $rfo, reverseDeliveryLineItems: $lines,
      trackingInput: $tracking, labelInput: $label, notifyCustomer: false) {
    reverseDelivery { id } userErrors { field message code } }
}"""
SUGGESTED = """
query SuggestedOutcome($id: ID!, $lines: [SuggestedOutcomeReturnLineItemInput!]!,
    $ex: [SuggestedOutcomeExchangeLineItemInput!]!) {
  return(id: $id) { id status suggestedFinancialOutcome(returnLineItems: $lines, exchangeLineItems: $ex) {
    maximumRefundable { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
    discountedSubtotal { shopMoney { amount } } totalTax { shopMoney { amount } }
    financialTransfer { __typename
      ... on InvoiceReturnOutcome { amount { presentmentMoney { amount } } }
      ... on RefundReturnOutcome { amount { presentmentMoney { amount currencyCode } }
        suggestedTransactions { gateway kind parentTransaction { id }
          amountSet { presentmentMoney { amount currencyCode } } } } } } }
}"""
RETURN_PROCESS = """
mutation ReturnProcess($input: ReturnProcessInput!) {
  returnProcess(input: $input) {
    return { id status
      returnLineItems(first: 50) { nodes { id processedQuantity refundedQuantity } }
      exchangeLineItems(first: 20) { nodes { id processedQuantity lineItems { id } } }
      refunds(first: 10) { nodes { id } } }
    userErrors { field message code } }
}"""
DISPOSE = """
mutation Dispose($inputs: [ReverseFulfillmentOrderDisposeInput!]!) {
  reverseFulfillmentOrderDispose(dispositionInputs: $inputs) {
    reverseFulfillmentOrderLineItems { id dispositions { id type quantity location { id } } }
    userErrors { field message code } } }"""
REFUND_CREATE = """
mutation RefundCreate($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) {
    refund { id note totalRefundedSet { shopMoney { amount currencyCode } }
      transactions(first: 5) { nodes { id status kind } } }
    order { id } userErrors { field message } } }"""
RETURN_CLOSE = """
mutation ReturnClose($id: ID!) { returnClose(id: $id) { return { id status } userErrors { field message code } } }"""
RETURN_CANCEL = """
mutation ReturnCancel($id: ID!) { returnCancel(id: $id) { return { id status } userErrors { field message code } } }"""
RETURN_REOPEN = """
mutation ReturnReopen($id: ID!) { returnReopen(id: $id) { return { id status } userErrors { field message code } } }"""
REMOVE = """
mutation RemoveFromReturn($id: ID!, $lines: [ReturnLineItemRemoveFromReturnInput!],
    $ex: [ExchangeLineItemRemoveFromReturnInput!]) {
  removeFromReturn(returnId: $id, returnLineItems: $lines, exchangeLineItems: $ex) {
    return { id } userErrors { field message code } } }"""
ADJUST = """
mutation InvAdjust($input: InventoryAdjustQuantitiesInput!, $key: String!) {
  inventoryAdjustQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id createdAt reason referenceDocumentUri
      changes { name delta quantityAfterChange item { id } location { id } } }
    userErrors { field message code } } }"""
MOVE = """
mutation InvMove($input: InventoryMoveQuantitiesInput!, $key: String!) {
  inventoryMoveQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id changes { name delta } } userErrors { field message code } } }"""
SET = """
mutation InvSet($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id } userErrors { field message code } } }"""
ACTIVATE = """
mutation InvActivate($item: ID!, $location: ID!, $key: String!) {
  inventoryActivate(inventoryItemId: $item, locationId: $location) @idempotent(key: $key) {
    inventoryLevel { id quantities(names: ["available"]) { quantity } } userErrors { field message } } }"""
LEVELS = """
query InvLevels($id: ID!, $names: [String!]!) {
  inventoryItem(id: $id) { id sku tracked inventoryLevels(first: 50) { nodes {
    id location { id name } quantities(names: $names) { name quantity updatedAt } } } } }"""
PROPERTIES = """
query InvProperties { inventoryProperties { quantityNames { name displayName isInUse belongsTo comprises } } }"""
ORDER_CREATE = """
mutation OrderCreate($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) {
  orderCreate(order: $order, options: $options) {
    order { id name totalPriceSet { shopMoney { amount } } displayFinancialStatus }
    userErrors { field message code } } }"""
BY_CUSTOM_ID = """
query OrderByCustomId($identifier: OrderIdentifierInput!) { orderByIdentifier(identifier: $identifier) { id name } }"""
BY_SEARCH = """
query OrderBySearch($q: String!) { orders(first: 5, query: $q) { nodes { id name sourceIdentifier tags } } }"""
DRAFT_CREATE = """
mutation DraftCreate($input: DraftOrderInput!) {
  draftOrderCreate(input: $input) {
    draftOrder { id status order { id } totalPriceSet { shopMoney { amount } } } userErrors { field message } } }"""
DRAFT_COMPLETE = """
mutation DraftComplete($id: ID!) {
  draftOrderComplete(id: $id) { draftOrder { id status order { id name } } userErrors { field message } } }"""
BUNDLE = """
query Bundle($id: ID!) {
  productVariant(id: $id) { id sku requiresComponents
    productVariantComponents(first: 50) { nodes { id quantity productVariant { id sku inventoryItem { id } } } }
    product { bundleComponents(first: 20) { nodes { quantity componentProduct { id } } } } } }"""
METAFIELDS_SET = """
mutation MetafieldsSet($m: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $m) { metafields { id key value compareDigest } userErrors { field message code } } }"""
DEFINE = """
mutation Define($d: MetafieldDefinitionInput!) {
  metafieldDefinitionCreate(definition: $d) {
    createdDefinition { id namespace key type { name } capabilities { uniqueValues { enabled } } }
    userErrors { field message code } } }"""
BULK = """
mutation Bulk($q: String!) {
  bulkOperationRunQuery(query: $q) { bulkOperation { id status } userErrors { field message code } } }"""
BULK_STANDING = """
query BulkStatus($id: ID!) {
  bulkOperation(id: $id) { id status errorCode objectCount url partialDataUrl } }"""
HOOK = """
mutation Hook($topic: WebhookSubscriptionTopic!, $s: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $s) {
    webhookSubscription { id topic uri apiVersion { handle } } userErrors { field message } } }"""
HOOKS = "query Hooks { webhookSubscriptions(first: 50) { nodes { id topic uri format } } }"
UNHOOK = """
mutation Unhook($id: ID!) {
  webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } } }"""
TAGS_ADD = """
mutation TagsAdd($id: ID!, $tags: [String!]!) {
  tagsAdd(id: $id, tags: $tags) { node { id ... on Order { tags } } userErrors { field message } } }"""
TAGS_REMOVE = """
mutation TagsRemove($id: ID!, $tags: [String!]!) {
  tagsRemove(id: $id, tags: $tags) { node { id } userErrors { field message } } }"""
ORDER_UPDATE = """
mutation OrderUpdate($input: OrderInput!) {
  orderUpdate(input: $input) { order { id note tags } userErrors { field message } } }"""
ORDER_CANCEL = """
mutation OrderCancel($id: ID!, $refund: OrderCancelRefundMethodInput) {
  orderCancel(orderId: $id, reason: OTHER, restock: true, notifyCustomer: false, refundMethod: $refund) {
    job { id done } orderCancelUserErrors { field message code } userErrors { field message } } }"""
SHOP = """
query Shop { shop { id name currencyCode ianaTimezone } currentAppInstallation { accessScopes { handle } }
  locations(first: 10) { nodes { id name } } }"""
BY_SKU = """
query BySku($q: String!) {
  productVariants(first: 5, query: $q) { nodes { id sku inventoryItem { id } } }
  inventoryItems(first: 5, query: $q) { nodes { id sku } } }"""
NODES = "query Nodes($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
PAGES = """
query Pages($after: String, $first: Int!, $q: String) {
  orders(first: $first, after: $after, query: $q, sortKey: UPDATED_AT) {
    edges { cursor node { name updatedAt } } pageInfo { hasNextPage endCursor } } }"""
WHOLE = """
query Whole($id: ID!) { order(id: $id) {
  name tags note currencyCode presentmentCurrencyCode taxesIncluded createdAt updatedAt cancelledAt closed
  customer { id } shippingAddress { city countryCodeV2 }
  metafields(first: 10, namespace: "$app:returns") { nodes { namespace key value compareDigest } }
  shippingLines(first: 5) { nodes { title originalPriceSet { ...money } discountedPriceSet { ...money } } }
  subtotalPriceSet { ...money } totalTaxSet { ...money } totalPriceSet { ...money } totalRefundedSet { ...money }
  totalShippingPriceSet { ...money } currentTotalPriceSet { ...money } totalOutstandingSet { ...money }
  netPaymentSet { ...money } totalReceivedSet { ...money } displayFinancialStatus displayFulfillmentStatus returnStatus
  lineItems(first: 50) { nodes { id sku quantity currentQuantity refundableQuantity requiresShipping
    originalUnitPriceSet { ...money } discountedUnitPriceSet { ...money } discountedTotalSet { ...money }
    taxLines { title rate priceSet { ...money } } discountAllocations { allocatedAmountSet { ...money } }
    lineItemGroup { title quantity } } }
  fulfillments(first: 10) { id status location { id }
    fulfillmentLineItems(first: 50) { nodes { id quantity lineItem { id } } } }
  fulfillmentOrders(first: 10) { nodes { id status fulfillmentHolds { reason } } }
  returns(first: 10) { nodes { id status
    returnLineItems(first: 10) { nodes { quantity processableQuantity returnReasonNote } }
    exchangeLineItems(first: 10) { nodes { quantity variantId lineItems { id sku } } }
    reverseFulfillmentOrders(first: 5) { nodes { status lineItems(first: 10) { nodes {
      totalQuantity dispositions { type quantity location { name } } } } } } } }
  refunds { id note
    refundLineItems(first: 10) { nodes { lineItem { sku } quantity restockType subtotalSet { ...money }
      totalTaxSet { ...money } } }
    transactions(first: 10) { nodes { id kind status gateway amountSet { ...money } parentTransaction { id }
      processedAt } } }
  transactions { id kind status gateway amountSet { ...money } totalUnsettledSet { ...money }
    parentTransaction { id } }
} }
fragment money on MoneyBag { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }"""

ALL = {name: text for name, text in globals().items() if name.isupper() and isinstance(text, str)}
