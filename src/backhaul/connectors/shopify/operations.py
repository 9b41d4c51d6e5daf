"""Every document that is sent to the Admin API, by its operation's name. Tests validate each against Shopify's schema.

Page sizes keep each operation within the thousand points that a single one may ask for.
"""

from __future__ import annotations

import re

_MONEY = "{ shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }"

_REFUND = f"""
      id legacyResourceId createdAt updatedAt
      order {{ id name currencyCode presentmentCurrencyCode }}
      refundLineItems(first: 25) {{ nodes {{ quantity restockType lineItem {{ id sku }} }} }}
      transactions(first: 5) {{
        nodes {{ id kind status gateway processedAt amountSet {_MONEY} }}
      }}"""

_DOCUMENTS = f"""
query ShopAndScopes {{
  shop {{ id name currencyCode ianaTimezone }}
  currentAppInstallation {{ accessScopes {{ handle }} }}
}}
query Locations {{ locations(first: 100) {{ nodes {{ id name isActive }} }} }}
query OrdersNamed($q: String!) {{ orders(first: 5, query: $q) {{ nodes {{ id name }} }} }}
query OrderSold($id: ID!) {{
  order(id: $id) {{
    id name createdAt currencyCode presentmentCurrencyCode taxesIncluded
    lineItems(first: 60) {{
      pageInfo {{ hasNextPage }}
      nodes {{
        id sku quantity
        originalTotalSet {_MONEY}
        discountAllocations {{ allocatedAmountSet {_MONEY} }}
        taxLines {{ priceSet {_MONEY} }}
        lineItemGroup {{ id quantity variantSku }}
        variant {{ id inventoryItem {{ id unitCost {{ amount currencyCode }} }} }}
      }}
    }}
  }}
}}
query ReturnsOfOrder($id: ID!) {{
  order(id: $id) {{
    id
    returns(first: 40) {{
      nodes {{
        id status
        returnLineItems(first: 7) {{
          nodes {{
            id quantity
            ... on ReturnLineItem {{ returnReasonNote fulfillmentLineItem {{ lineItem {{ id sku }} }} }}
          }}
        }}
      }}
    }}
  }}
}}
query Returnable($order: ID!, $after: String) {{
  returnableFulfillments(orderId: $order, first: 3, after: $after) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{
      id
      returnableFulfillmentLineItems(first: 100) {{
        pageInfo {{ hasNextPage }}
        nodes {{ quantity fulfillmentLineItem {{ id lineItem {{ id sku }} }} }}
      }}
    }}
  }}
}}
query ReturnReasons {{ returnReasonDefinitions(first: 100) {{ nodes {{ id handle name }} }} }}
mutation CreateReturn($returnInput: ReturnInput!) {{
  returnCreate(returnInput: $returnInput) {{ return {{ id name status }} userErrors {{ field message code }} }}
}}
query ReturnGoods($id: ID!) {{
  return(id: $id) {{
    id name status
    returnLineItems(first: 50) {{
      nodes {{
        id quantity
        ... on ReturnLineItem {{
          processedQuantity processableQuantity fulfillmentLineItem {{ id lineItem {{ id sku }} }}
        }}
      }}
    }}
    reverseFulfillmentOrders(first: 3) {{
      nodes {{
        id
        lineItems(first: 40) {{
          nodes {{ id totalQuantity fulfillmentLineItem {{ id }} dispositions {{ type quantity location {{ id }} }} }}
        }}
      }}
    }}
  }}
}}
mutation ProcessReturn($input: ReturnProcessInput!) {{
  returnProcess(input: $input) {{ return {{ id status }} userErrors {{ field message code }} }}
}}
mutation DisposeOf($inputs: [ReverseFulfillmentOrderDisposeInput!]!) {{
  reverseFulfillmentOrderDispose(dispositionInputs: $inputs) {{
    reverseFulfillmentOrderLineItems {{ id }} userErrors {{ field message code }}
  }}
}}
query ReturnDeliveries($id: ID!) {{
  return(id: $id) {{
    id
    reverseFulfillmentOrders(first: 3) {{
      nodes {{
        id status
        reverseDeliveries(first: 20) {{
          nodes {{ id deliverable {{ ... on ReverseDeliveryShippingDeliverable {{ tracking {{ number }} }} }} }}
        }}
      }}
    }}
  }}
}}
mutation TrackReturn($part: ID!, $tracking: ReverseDeliveryTrackingInput!) {{
  reverseDeliveryCreateWithShipping(
    reverseFulfillmentOrderId: $part, reverseDeliveryLineItems: [], trackingInput: $tracking, notifyCustomer: false
  ) {{ reverseDelivery {{ id }} userErrors {{ field message code }} }}
}}
query ReturnStanding($id: ID!) {{ return(id: $id) {{ id status }} }}
mutation CloseReturn($id: ID!) {{
  returnClose(id: $id) {{ return {{ id status }} userErrors {{ field message code }} }}
}}
mutation CancelReturn($id: ID!) {{
  returnCancel(id: $id, notifyCustomer: false) {{ return {{ id status }} userErrors {{ field message code }} }}
}}
query OrderToRefund($id: ID!) {{
  order(id: $id) {{
    id name currencyCode presentmentCurrencyCode
    lineItems(first: 60) {{ nodes {{ id sku quantity refundableQuantity }} }}
    refunds(first: 50) {{ id note }}
    transactions(first: 50) {{
      id kind status gateway amountSet {_MONEY} parentTransaction {{ id }}
    }}
  }}
}}
query RefundsStated($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Refund {{ {_REFUND} }} }} }}
mutation CreateRefund($input: RefundInput!, $key: String!) {{
  refundCreate(input: $input) @idempotent(key: $key) {{ refund {{ {_REFUND} }} userErrors {{ field message }} }}
}}
query ExchangeWanted($id: ID!, $q: String!) {{
  order(id: $id) {{
    id name currencyCode
    customer {{ id }}
    shippingAddress {{
      address1 address2 city company countryCodeV2 firstName lastName phone provinceCode zip
    }}
  }}
  productVariants(first: 5, query: $q) {{
    nodes {{
      id sku requiresComponents
      productVariantComponents(first: 10) {{ nodes {{ quantity productVariant {{ id sku }} }} }}
    }}
  }}
}}
query VariantsNamed($q: String!) {{
  productVariants(first: 50, query: $q) {{ nodes {{ id sku requiresComponents inventoryItem {{ id }} }} }}
}}
query OrderOfExchange($identifier: OrderIdentifierInput!) {{
  orderByIdentifier(identifier: $identifier) {{ id name cancelledAt displayFulfillmentStatus }}
}}
query ExchangeOrderStanding($id: ID!) {{ order(id: $id) {{ id name cancelledAt displayFulfillmentStatus }} }}
mutation DefineExchangeKey($definition: MetafieldDefinitionInput!) {{
  metafieldDefinitionCreate(definition: $definition) {{
    createdDefinition {{ id }} userErrors {{ field message code }}
  }}
}}
mutation CreateOrder($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) {{
  orderCreate(order: $order, options: $options) {{ order {{ id name }} userErrors {{ field message code }} }}
}}
mutation CancelOrder($id: ID!) {{
  orderCancel(orderId: $id, reason: OTHER, restock: true, notifyCustomer: false,
              refundMethod: {{ originalPaymentMethodsRefund: false }}, staffNote: "The exchange became a refund") {{
    orderCancelUserErrors {{ field message code }}
  }}
}}
mutation AdjustStock($input: InventoryAdjustQuantitiesInput!, $key: String!) {{
  inventoryAdjustQuantities(input: $input) @idempotent(key: $key) {{
    inventoryAdjustmentGroup {{ id }} userErrors {{ field message code }}
  }}
}}
query OrderMarks($id: ID!) {{
  order(id: $id) {{ id tags metafields(first: 20, namespace: "$app:backhaul") {{ nodes {{ key value }} }} }}
}}
mutation MarkOrder($metafields: [MetafieldsSetInput!]!, $id: ID!, $added: [String!]!, $removed: [String!]!) {{
  metafieldsSet(metafields: $metafields) {{ metafields {{ id }} userErrors {{ field message code }} }}
  tagsAdd(id: $id, tags: $added) {{ userErrors {{ field message }} }}
  tagsRemove(id: $id, tags: $removed) {{ userErrors {{ field message }} }}
}}
query OrdersChanged($q: String!, $after: String) {{
  orders(first: 40, after: $after, query: $q, sortKey: UPDATED_AT) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ id updatedAt refunds(first: 20) {{ id updatedAt }} }}
  }}
}}
query Subscriptions {{ webhookSubscriptions(first: 100) {{ nodes {{ id topic uri }} }} }}
mutation Subscribe($topic: WebhookSubscriptionTopic!, $wanted: WebhookSubscriptionInput!) {{
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $wanted) {{
    webhookSubscription {{ id }} userErrors {{ field message }}
  }}
}}
"""
_STARTS = re.compile(r"^(?:query|mutation) (\w+)", re.MULTILINE)


def _split(documents: str) -> dict[str, str]:
    starts = list(_STARTS.finditer(documents))
    ends = [*(start.start() for start in starts[1:]), len(documents)]
    return {start.group(1): documents[start.start() : end].strip() for start, end in zip(starts, ends, strict=True)}


OPERATIONS = _split(_DOCUMENTS)
"""Document by operation name."""
