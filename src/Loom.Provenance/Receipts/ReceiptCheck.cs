namespace Loom.Provenance.Receipts;

/// <summary>The checks of section 4.7, one value each, in the order in which they are made.</summary>
public enum ReceiptCheck
{
    /// <summary>Step 1: the receipt is not larger than the policy allows.</summary>
    ReceiptSize,

    /// <summary>Step 1: the header and the statement are there.</summary>
    Header,

    /// <summary>Step 1: the receipt begins with LOOMRCPT.</summary>
    Magic,

    /// <summary>Step 1: the version is 1.</summary>
    Version,

    /// <summary>Step 1: the backend is the STARK of this specification.</summary>
    Backend,

    /// <summary>Step 1: no flag is set, since this version has neither mode.</summary>
    Flags,

    /// <summary>Step 1: the proof's stated length lies within the receipt.</summary>
    ProofField,

    /// <summary>Step 1: attachments have known tags in ascending order and end with the receipt.</summary>
    AttachmentForm,

    /// <summary>Step 1: an attached input, output or image hashes to what the statement names.</summary>
    AttachmentDigest,

    /// <summary>Step 1: the receipt's statement is the caller's.</summary>
    StatementDiffers,

    /// <summary>Step 1: the statement's reserved field is zero, and lengths and cycles are within bounds.</summary>
    StatementBounds,

    /// <summary>Step 2: the policy pins the image id.</summary>
    ImagePinned,

    /// <summary>Step 2: the image's bytes hash to the image id.</summary>
    ImageDigest,

    /// <summary>Step 2: the image's bytes are an image, exactly.</summary>
    ImageForm,

    /// <summary>Step 2: the image was made for the parameter set.</summary>
    ImageParameterSet,

    /// <summary>Step 2: the instruction set's version is known.</summary>
    IsaVersion,

    /// <summary>Step 3: the policy allows the parameter set.</summary>
    ParameterSetAllowed,

    /// <summary>Step 3: the number of segments is within bounds.</summary>
    SegmentCount,

    /// <summary>Step 4: a table that has a height exists in this version.</summary>
    TableUnknown,

    /// <summary>Step 4: a table's height is within bounds.</summary>
    TableHeight,

    /// <summary>Step 4: the program's and the lookup table's heights are theirs.</summary>
    TableHeightFixed,

    /// <summary>Step 4: every segment has a table of at least 2^8 rows.</summary>
    SegmentHeight,

    /// <summary>Step 4: the evaluation domain exists.</summary>
    DomainSize,

    /// <summary>Step 4: the memory boundary and the input tape are there.</summary>
    TableMissing,

    /// <summary>Step 5: the proof has exactly the length that follows from its heights.</summary>
    Length,

    /// <summary>Step 5: every field element is below p.</summary>
    Canonical,

    /// <summary>Step 6: the input is the statement's.</summary>
    InputDigest,

    /// <summary>Step 6: the input's length is the statement's.</summary>
    InputLength,

    /// <summary>Step 6: the output is the statement's.</summary>
    OutputDigest,

    /// <summary>Step 6: the output's length is the statement's.</summary>
    OutputLength,

    /// <summary>Step 6: a run that failed has no output.</summary>
    OutputOfFailure,

    /// <summary>Step 8a: the constraints hold at zeta.</summary>
    ConstraintIdentity,

    /// <summary>Step 8b: the proof of work.</summary>
    Grinding,

    /// <summary>Step 8c: a row is in its commitment.</summary>
    MerklePath,

    /// <summary>Step 8c: the combination of the opened rows is the first FRI layer's entry.</summary>
    DeepQuotient,

    /// <summary>Step 8c: a folded leaf is the next layer's entry.</summary>
    FriFold,

    /// <summary>Step 8c: the last fold is the final polynomial's value.</summary>
    FinalPolynomial,

    /// <summary>Step 9: no public fingerprint is zero.</summary>
    BusDegenerate,

    /// <summary>Step 9: the buses balance.</summary>
    BusBalance,
}
