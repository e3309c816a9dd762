-- The household tables, as kitchen/tables.py describes them (a test compares both).
--
-- Only keys are constrained: a row that is wrong otherwise has to reach the validation, which tells why it is.
-- `uploaded` marks what an upload of the pipeline brought; the next upload takes back what it no longer holds,
-- and never a row that others wrote.

CREATE TABLE IF NOT EXISTS households (
    user_id text PRIMARY KEY,
    region text,
    cuisine text,
    size double precision,
    diets text,
    allergens text,
    last_updated timestamp(0),
    uploaded boolean NOT NULL DEFAULT false
);

CREATE TABLE IF NOT EXISTS inventory (
    user_id text,
    item_id text,
    item_name text,
    quantity double precision,
    unit text,
    category text,
    expiry_date date,
    allergen_flag boolean,
    unit_cost double precision,
    last_updated timestamp(0),
    storage_type text,
    brand text,
    nutritional_tags text,
    daily_usage_rate double precision,
    reorder_threshold double precision,
    purchase_date date,
    source text,
    uploaded boolean NOT NULL DEFAULT false,
    PRIMARY KEY (user_id, item_id)
);

CREATE TABLE IF NOT EXISTS purchase_history (
    user_id text,
    transaction_id text PRIMARY KEY,
    item_id text,
    item_name text,
    quantity_purchased double precision,
    unit text,
    price_total double precision,
    purchase_date date,
    store_name text,
    payment_method text,
    discount_applied boolean,
    category text,
    brand text,
    location text,
    receipt_source text,
    weekday text,
    purchase_channel text,
    consumption_start_date date,
    expected_depletion_date date,
    last_updated timestamp(0),
    uploaded boolean NOT NULL DEFAULT false
);

CREATE TABLE IF NOT EXISTS receipts (
    receipt_id text,
    line double precision,
    item_text text,
    count double precision,
    unit_price double precision,
    price double precision,
    item_id text,
    item_name text,
    match_score double precision,
    image_url text,
    last_updated timestamp(0),
    uploaded boolean NOT NULL DEFAULT false,
    PRIMARY KEY (receipt_id, line)
);

-- What was uploaded last: the same again is not sent again.
CREATE TABLE IF NOT EXISTS pantry_uploads (
    table_name text PRIMARY KEY,
    digest text NOT NULL,
    rows bigint NOT NULL
);
