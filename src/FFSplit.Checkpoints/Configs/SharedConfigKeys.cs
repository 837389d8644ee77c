using System.Collections.Frozen;

namespace FFSplit.Checkpoints.Configs;

/// <summary>Keys that any Hugging Face config may hold and that change nothing in a forward pass.</summary>
/// <remarks>Keys of the base configuration that do change it (pruned_heads, is_encoder_decoder, …) are read by the reader of architectures.</remarks>
static class SharedConfigKeys
{
    public static readonly FrozenSet<string> Harmless = new[]
    {
        // Identity and bookkeeping.
        "architectures", "model_type", "name_or_path", "transformers_version", "torch_dtype", "dtype", "auto_map", "finetuning_task",
        "sbert_ce_default_activation_function", "sentence_transformers_version", "unsloth_version", "unsloth_fixed", "model_max_length",
        "task_specific_params", "tokenizer_class", "prefix", "language", "sentence_transformers", "transformers.js_config", "custom_pipelines",
        // Read by the heads that have a decoder; without meaning elsewhere.
        "tie_word_embeddings",
        // Labels.
        "id2label", "label2id", "num_labels", "problem_type",
        // Outputs and execution.
        "output_hidden_states", "output_attentions", "output_past", "return_dict", "torchscript", "use_bfloat16", "tf_legacy_loss",
        "chunk_size_feed_forward", "use_cache", "cache_implementation", "gradient_checkpointing", "attn_implementation", "xla_device",
        // Training.
        "initializer_range", "init_std", "initializer_factor", "layerdrop", "loss_type",
        // Special tokens.
        "bos_token_id", "pad_token_id", "eos_token_id", "sep_token_id", "cls_token_id", "mask_token_id", "unk_token_id",
        "decoder_start_token_id",
        // Encoder-decoder frames, of use only together with switches that are refused.
        "cross_attention_hidden_size", "tie_encoder_decoder",
        // Generation.
        "max_length", "min_length", "max_new_tokens", "do_sample", "early_stopping", "num_beams", "num_beam_groups", "diversity_penalty",
        "temperature", "top_k", "top_p", "typical_p", "repetition_penalty", "length_penalty", "no_repeat_ngram_size",
        "encoder_no_repeat_ngram_size", "bad_words_ids", "num_return_sequences", "output_scores", "return_dict_in_generate",
        "forced_bos_token_id", "forced_eos_token_id", "remove_invalid_values", "exponential_decay_length_penalty", "suppress_tokens",
        "begin_suppress_tokens",
    }.ToFrozenSet(StringComparer.Ordinal);
}
